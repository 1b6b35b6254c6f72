// A folder with one file for each run, of one or more targets.

import ConformanceModel
import Cryptography
import Files
import Glibc
import JSONValue
public import RunEvents

/// Keeps the results of runs: one file for each run; adding a run again replaces its file. Files are never deleted.
public struct HistoryFolder: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// In bytes: more than a run of a million cases needs.
  private static let maxFile = 128 << 20
  /// After so many unreadable files the search ends.
  private static let maxBroken = 100

  /// Adds a run, atomically. Adding it again replaces its file.
  public func add(_ run: RecordedRun) throws(ReportError) {
    try ReportFile.write(run.text, to: "\(path)/\(HistoryFolder.name(run.run))")
  }

  /// The last runs of the same target up to `run`, which is the newest and need not be in the folder.
  ///
  /// - Returns: The history, and a note for each file that was ignored because it cannot be read.
  /// - Throws: `ReportError` if the folder cannot be read. A missing folder counts as empty.
  public func history(upTo run: RecordedRun) throws(ReportError) -> (history: History, notes: [String]) {
    var history = History()
    history.add(run)
    var notes: [String] = []
    let newest = HistoryFolder.time(HistoryFolder.name(run.run))[...]
    // the newest first, by the time in their names
    for name in try names().sorted(by: { HistoryFolder.time($0) > HistoryFolder.time($1) }) {
      guard HistoryFolder.isName(name) else {
        notes.append("\(path)/\(name): ignored, it is not the result of a run")
        continue
      }
      guard HistoryFolder.target(name) == HistoryFolder.fingerprint(run.run.target), HistoryFolder.time(name) <= newest,
        history.runs.count < History.window, notes.count < HistoryFolder.maxBroken
      else { continue }
      do {
        let found = try RecordedRun(parsing: try HistoryFolder.read("\(path)/\(name)"))
        guard found.run.target == run.run.target, found.run.startedAt <= run.run.startedAt, !found.run.isSame(run.run)
        else { continue }
        history.add(found)
      } catch {
        notes.append("ignored: \((error as? ReportError)?.description ?? "\(path)/\(name): \(error)")")
      }
    }
    return (history, notes)
  }

  /// The names of the JSON files. Other files and hidden files are allowed in the folder.
  private func names() throws(ReportError) -> [String] {
    guard let folder = opendir(path) else {
      if errno == ENOENT { return [] }
      throw .system("cannot be read", path)
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name.hasSuffix(".json"), !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }

  // MARK: Names

  /// `20261123T120000.000Z-1b2c3d4e-5f607182.json`: time, target and run. The same run always has the same name.
  static func name(_ run: History.Run) -> String {
    let time = "\(SimulatedInstant(milliseconds: run.startedAt.seconds * 1000))".filter {
      $0 != "-" && $0 != ":" && $0 != "Z"
    }
    let millis = String(1000 + (run.startedAt.milliseconds % 1000 + 1000) % 1000).dropFirst()
    return "\(time).\(millis)Z-\(fingerprint(run.target))-\(fingerprint("\(run.startedAt)\u{0}\(run.host)")).json"
  }

  private static func isName(_ name: String) -> Bool {
    let parts = name.dropLast(5).split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 3 && parts[0].utf8.count >= 20 && parts[0].hasSuffix("Z")
      && parts[0].utf8.first.map { (0x30...0x39).contains($0) } == true
      && parts.dropFirst().allSatisfy { $0.utf8.count == 8 }
  }

  private static func time(_ name: String) -> Substring { name.prefix { $0 != "-" } }

  private static func target(_ name: String) -> String {
    let parts = name.split(separator: "-")
    return parts.count == 3 ? String(parts[1]) : ""
  }

  private static func fingerprint(_ text: String) -> String { Hex.digits(SHA256.hash(Array(text.utf8)).prefix(4)) }

  private static func read(_ path: String) throws(ReportError) -> [UInt8] {
    do { return try RegularFile.read(path, maxSize: maxFile) } catch { throw ReportError(error) }
  }
}
