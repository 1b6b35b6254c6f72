// A folder for the files that readers open, and access to the files from which inputs are made.

import Foundation
import RunEvents

final class Workplace {
  let folder: String
  /// Whether this process removes the folder.
  private let isOwner: Bool

  /// A new folder, removed with the value.
  init() throws {
    folder = NSTemporaryDirectory() + "fuzzing-\(UUID().uuidString)"
    isOwner = true
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  init(folder: String) {
    self.folder = folder
    isOwner = false
  }

  deinit { if isOwner { try? FileManager.default.removeItem(atPath: folder) } }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  func write(_ bytes: [UInt8], to name: String) throws {
    guard let file = fopen(path(name), "w") else { throw FuzzFinding("\(path(name)) cannot be written") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw FuzzFinding("\(path(name)) cannot be written")
    }
  }

  /// Writes a run log with the digest of its lines, so that what it says is read and not refused.
  func write(log bytes: [UInt8], to name: String) throws {
    let writer = try RunLogWriter(path: path(name))
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0x0A) {
      writer.append(Array(rest[..<end]))
      rest = rest[(end + 1)...]
    }
    try writer.close()
    // the incomplete line that a killed run leaves
    guard !rest.isEmpty else { return }
    try write(read(name) + rest, to: name)
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func read(_ name: String) throws -> [UInt8] { try Workplace.read(path(name)) }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
  }

  func removeFolder(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  static func read(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

  /// The files below a folder of the project with this suffix, sorted.
  static func files(_ below: String, _ ending: String) throws -> [String] {
    let names = FileManager.default.enumerator(atPath: below)?.compactMap { $0 as? String } ?? []
    let files = names.filter { $0.hasSuffix(ending) }.sorted().map { "\(below)/\($0)" }
    guard !files.isEmpty else {
      throw FuzzFinding(
        "no files \(below)/*\(ending): start it in the root folder of the project, since inputs are made from its files"
      )
    }
    return files
  }
}
