// A program manages the clients: it is given the operation as JSON, and answers in JSON.

import ConformanceModel
import JSONValue
import Processes

struct CommandClientDriver: ClientDriver {
  let clients: Target.CommandClients
  let session: TargetSession

  func perform(_ order: ClientRequest, send: Send) async throws -> StepResult {
    guard clients.operations.contains(order.operation) else {
      throw TargetError(order.operation.capability.missingReason)
    }
    var input: [JSON.Member] = [
      .init("operation", .string(order.operation.rawValue)), .init("connector", order.connectorValues),
    ]
    if order.name != .null { input.append(.init("name", order.name)) }
    if let client = order.client {
      // a program that manages clients knows their secrets from nowhere else, and needs none
      input.append(.init("client", .object((client.object ?? []).filter { $0.name != "secret" })))
    }
    input.append(.init("unique", order.unique))
    let output = try await session.run(
      clients.command, order.values, .object(input), timeLimit: clients.timeLimit,
      to: "\(order.operation.rawValue) a client")
    var answer = StepResult(output)
    guard let body = answer.body else {
      throw TargetError("the command answered no JSON to '\(order.operation.rawValue)'")
    }
    switch order.operation {
    case .create, .replace:
      guard let id = body["id"]?.scalarText, let secret = body["secret"]?.scalarText else {
        throw TargetError(
          "the command's answer to '\(order.operation.rawValue)' has no \(body["id"] == nil ? "id" : "secret")")
      }
      answer.made = CreatedClient(id: id, secret: secret)
    case .list:
      guard let ids = body["ids"]?.array else { throw TargetError("the command's answer to 'list' has no ids") }
      answer.ids = ids.compactMap(\.scalarText)
    case .show, .delete: break
    }
    return answer
  }
}
