import Foundation
import Testing

/// A program that sits at a terminal of its own, which `script` makes.
final class PseudoTerminal {
  private let process = Process()
  private let input = Pipe(), output = Pipe()

  /// - Parameter command: A program and its arguments, without characters that are special in a shell.
  init(command: [String], folder: String) throws {
    process.executableURL = URL(filePath: "/usr/bin/script")
    process.arguments = ["--quiet", "--return", "--command", command.joined(separator: " "), "/dev/null"]
    process.environment = ProcessInfo.processInfo.environment.merging(["NO_COLOR": "1"]) { $1 }
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  func write(_ text: String) throws { try input.fileHandleForWriting.write(contentsOf: Data(text.utf8)) }

  /// What is shown up to and with this text.
  func read(until wanted: String) throws -> String {
    var text = ""
    while !text.contains(wanted) {
      let more = try output.fileHandleForReading.read(upToCount: 1) ?? Data()
      try #require(!more.isEmpty, "the program ended: \(text)")
      text += String(decoding: more, as: UTF8.self)
    }
    return text
  }

  /// All that is still shown, and the exit status.
  func finish() throws -> (String, Int32) {
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (text, process.terminationStatus)
  }
}
