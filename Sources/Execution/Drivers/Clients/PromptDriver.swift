// A person at the terminal does in a dashboard what is asked for, and pastes what it shows.

import ConformanceModel
import Glibc
import JSONValue

struct PromptDriver: ClientDriver {
  let clients: Target.PromptedClients
  let session: TargetSession

  func perform(_ order: ClientRequest, send: Send) async throws -> StepResult {
    guard clients.operations.contains(order.operation) else {
      throw TargetError(order.operation.capability.missingReason)
    }
    let start = WallClock.monotonic
    let place = clients.hint.map { " (\($0))" } ?? ""
    let connector = order.connector.name
    let id = order.client?["id"]?.plainText ?? ""
    switch order.operation {
    case .create, .replace:
      let task =
        order.operation == .create
        ? "On the connector \(connector)\(place), create an OAuth2 client named: \(order.name.plainText)"
        : "On the connector \(connector)\(place), generate a new set for the lost secret of the client \(id)"
      let answers = try await session.terminal.ask(
        task, [Question("client id"), Question("client secret (not shown)", isSecret: true)])
      var answer = StepResult(
        .performed(
          "prompt:\(order.operation.rawValue)", .string(task), output(answers), seconds: WallClock.monotonic - start))
      if answers.contains("") { throw TargetError("nothing was pasted: '\(task)'") }
      answer.made = CreatedClient(id: answers[0], secret: answers[1])
      return answer
    case .delete:
      let task = "On the connector \(connector)\(place), delete the client \(id)"
      _ = try await session.terminal.ask(task, [Question("press Return when it is gone")])
      return StepResult(.performed("prompt:delete", .string(task), [], seconds: WallClock.monotonic - start))
    case .list, .show: throw TargetError(order.operation.capability.missingReason)
    }
  }

  private func output(_ answers: [String]) -> [UInt8] {
    JSON.object([.init("client_id", .string(answers[0])), .init("client_secret", .string(answers[1]))]).compactBytes
  }
}

struct Question: Sendable {
  var text: String
  var isSecret = false

  init(_ text: String, isSecret: Bool = false) {
    self.text = text
    self.isSecret = isSecret
  }
}
