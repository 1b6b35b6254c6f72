// A violated promise, and how it is reported.

import Foundation
import RunEvents

struct FuzzFinding: Error {
  var message: String

  init(_ message: String) { self.message = message }

  /// Stores the input in a folder, and prints the message and the command that repeats the finding.
  static func report(
    _ reader: String, _ seed: UInt64, _ number: Int, _ message: String, _ input: [UInt8], _ folder: String?
  ) {
    var text = "FINDING \(reader), seed \(seed), input \(number): \(visible(message))\n"
    if let folder {
      let path = "\(folder)/\(reader)-\(seed)-\(number)"
      do {
        try Data(input).write(to: URL(fileURLWithPath: path))
        text +=
          "  input: \(path), \(input.count) bytes\n"
          + "  repeat: \(CommandLine.arguments[0]) --reader \(reader) --input \(path)\n"
      } catch {
        text += "  the input cannot be stored: \(error)\n"
      }
    }
    // in one write, since several processes print
    FileHandle.standardOutput.write(Data(text.utf8))
  }

  /// An input must not control a terminal or a CI system.
  private static func visible(_ text: String) -> String {
    text.unicodeScalars.prefix(1000).map {
      (0x20..<0x7F).contains($0.value) ? String($0) : "\\u{\(String($0.value, radix: 16))}"
    }.joined()
  }
}

/// Throws if a promise does not hold.
func promise(_ holds: Bool, _ message: @autoclosure () -> String) throws(FuzzFinding) {
  if !holds { throw FuzzFinding(message()) }
}
