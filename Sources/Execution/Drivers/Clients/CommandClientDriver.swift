// A program manages the clients: it reads the operation as JSON and prints JSON.

import ConformanceModel
import JSONValue

struct CommandClientDriver: ClientDriver {
  let clients: Target.CommandClients
  let programs: ProgramRunner

  func perform(_ request: ClientRequest, send: Send) async throws -> StepResult {
    let operation = request.operation
    guard clients.operations.contains(operation) else { throw TargetError(operation.capability.missingReason) }
    let output = try await programs.run(
      clients.command, request.values, input(request), timeLimit: clients.timeLimit,
      to: "\(operation.rawValue) a client")
    var result = StepResult(output)
    guard let body = result.body else {
      throw TargetError("the command printed no JSON for '\(operation.rawValue)'")
    }
    switch operation {
    case .create, .replace:
      guard let id = body["id"]?.scalarText, let secret = body["secret"]?.scalarText else {
        let missing = body["id"] == nil ? "id" : "secret"
        throw TargetError("the command's output for '\(operation.rawValue)' has no \(missing)")
      }
      result.made = CreatedClient(id: id, secret: secret)
    case .list:
      guard let ids = body["ids"]?.array else { throw TargetError("the command's output for 'list' has no ids") }
      result.ids = ids.compactMap(\.scalarText)
    case .show, .delete: break
    }
    return result
  }

  private func input(_ request: ClientRequest) -> JSON {
    var members: [JSON.Member] = [
      .init("operation", .string(request.operation.rawValue)), .init("connector", request.connectorValues),
    ]
    if request.name != .null { members.append(.init("name", request.name)) }
    if let client = request.client {
      // Client management needs no secrets.
      members.append(.init("client", .object((client.object ?? []).filter { $0.name != "secret" })))
    }
    members.append(.init("unique", request.unique))
    return .object(members)
  }
}
