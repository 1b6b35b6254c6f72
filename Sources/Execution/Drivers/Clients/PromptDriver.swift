// A person at the terminal manages the clients in a dashboard and pastes what it shows.

import ConformanceModel
import JSONValue

struct PromptDriver: ClientDriver {
  let clients: Target.PromptedClients
  /// Whether clients authenticate by their keys alone.
  let hasNoSecrets: Bool
  let terminal: Terminal

  func perform(_ request: ClientRequest, send: Send) async throws -> StepResult {
    guard clients.operations.contains(request.operation) else {
      throw TargetError(request.operation.capability.missingReason)
    }
    let start = WallClock.monotonic
    let hint = clients.hint.map { " (\($0))" } ?? ""
    let connector = request.connector.name
    let id = request.client?["id"]?.plainText ?? ""
    switch request.operation {
    case .create, .replace:
      let task =
        request.operation == .create
        ? "On the connector \(connector)\(hint), create an OAuth2 client named: \(request.name.plainText)"
        : "On the connector \(connector)\(hint), generate a new set for the lost secret of the client \(id)"
      let secret = hasNoSecrets ? [] : [Question("client secret (not shown)", isSecret: true)]
      let replies = try await terminal.ask(task, [Question("client id")] + secret)
      guard !replies.contains("") else { throw TargetError("nothing was pasted: '\(task)'") }
      var result = StepResult(
        .performed(
          "prompt:\(request.operation.rawValue)", .string(task), output(replies), seconds: WallClock.monotonic - start))
      result.made = CreatedClient(id: replies[0], secret: hasNoSecrets ? nil : replies[1])
      return result
    case .delete:
      let task = "On the connector \(connector)\(hint), delete the client \(id)"
      _ = try await terminal.ask(task, [Question("press Return when it is deleted")])
      return StepResult(.performed("prompt:delete", .string(task), [], seconds: WallClock.monotonic - start))
    case .list, .show: throw TargetError(request.operation.capability.missingReason)
    }
  }

  private func output(_ replies: [String]) -> [UInt8] {
    let members = zip(["client_id", "client_secret"], replies).map { JSON.Member($0, .string($1)) }
    return JSON.object(members).compactBytes
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
