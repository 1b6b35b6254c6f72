// A folder for the files that readers want to open, and the files of the project that inputs are made from.

import Foundation

final class Workplace {
  /// The folder of the project: where `Scenarios` and `Tests` lie.
  let root = "."
  let folder = NSTemporaryDirectory() + "fuzzing-\(ProcessInfo.processInfo.processIdentifier)"
  let realLog: String?

  init(realLog: String?) throws {
    self.realLog = realLog
    guard FileManager.default.fileExists(atPath: "\(root)/Scenarios/requirements.yaml") else {
      throw Finding("start it in the folder of the project: its files are what inputs are made from")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  func write(_ bytes: [UInt8], to name: String) throws {
    guard let file = fopen(path(name), "w") else { throw Finding("\(path(name)) cannot be written") }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Finding("\(path(name)) cannot be written") }
  }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func read(_ name: String) throws -> [UInt8] { try Workplace.read(path(name)) }

  func makeFolder(_ name: String) throws { try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true) }

  func removeFolder(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

  static func read(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

  /// The files below a folder of the project with this ending, in the order of their names.
  func files(_ below: String, _ ending: String) throws -> [String] {
    let names = FileManager.default.enumerator(atPath: "\(root)/\(below)")?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted().map { "\(root)/\(below)/\($0)" }
  }
}
