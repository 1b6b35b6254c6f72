// Compares the errors of the loaders with golden files.

import Foundation
import Testing

/// A YAML file with errors, NAME.yaml, and the expected messages, NAME.txt.
struct Golden: Sendable, CustomTestStringConvertible {
  let folder: String
  let name: String

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden").path

  /// All cases of one folder.
  static func all(_ folder: String) -> [Golden] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
    return names.filter {
      $0.hasSuffix(".yaml") && !$0.hasSuffix(".expected.yaml") && $0 != "requirements.yaml"
    }.sorted()
      .map { Golden(folder: folder, name: String($0.dropLast(5))) }
  }

  var path: String { "\(Golden.root)/\(folder)/\(name).yaml" }
  var testDescription: String { "\(folder)/\(name)" }

  /// The expected messages. With CONFORM_WRITE_GOLDEN in the environment the golden file is rewritten, to be reviewed.
  func expected(actual: String) throws -> String {
    let file = "\(Golden.root)/\(folder)/\(name).txt"
    if ProcessInfo.processInfo.environment["CONFORM_WRITE_GOLDEN"] != nil {
      try Data("\(actual)\n".utf8).write(to: URL(fileURLWithPath: file))
    }
    return String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
  }
}
