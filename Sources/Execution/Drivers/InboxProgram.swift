// A program reads the inbox: it gets a request as JSON and prints the payloads as JSON.

import ConformanceModel
import HTTPModel
import JSONValue

struct InboxProgram {
  let command: Target.InboxCommand
  let programs: ProgramRunner

  /// Where its output has the payloads.
  static let locator = Locator.json(JSONPointer(tokens: ["payloads", "*"]))

  /// Runs the program.
  ///
  /// - Parameter values: The connector, and the text that no other case has.
  /// - Throws: `TargetError` if the program fails.
  func read(_ values: [String: JSON]) async throws -> Exchange {
    let input: JSON = [
      "operation": .string(StepActionKind.readInbox.rawValue), "connector": values["connector"] ?? .null,
      "unique": values["unique"] ?? .null,
    ]
    return try await programs.run(command.command, values, input, command.program, to: "read the inbox")
  }

  /// - Throws: `TargetError` if the program printed something else.
  static func payloads(in output: StepResult) throws(TargetError) -> [JSON] {
    guard let body = output.body, let payloads = body["payloads"] else {
      throw TargetError(#"the command that reads the inbox printed no JSON such as {"payloads": ["…"]}"#)
    }
    guard let items = payloads.array else {
      throw TargetError(
        "the command that reads the inbox printed 'payloads' as \(payloads.typeName); expected an array of the bodies")
    }
    return items
  }
}
