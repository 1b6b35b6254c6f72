// A program manages the clients: it reads the operation as JSON and prints JSON.

import ConformanceModel
import JSONValue

struct CommandClientDriver: ClientDriver {
  let clients: Target.CommandClients
  /// Whether clients authenticate by their keys alone.
  let hasNoSecrets: Bool
  let programs: ProgramRunner

  func perform(_ request: ClientRequest, send: Send) async throws -> StepResult {
    let operation = request.operation
    guard clients.operations.contains(operation) else { throw TargetError(operation.capability.missingReason) }
    let output = try await programs.run(
      clients.command, request.values, input(request), clients.program,
      to: "\(operation.rawValue) a client")
    var result = StepResult(output)
    guard let body = result.body else {
      throw TargetError("the command printed no JSON for '\(operation.rawValue)'")
    }
    switch operation {
    case .create, .replace:
      let secret = body["secret"]?.scalarText
      guard let id = body["id"]?.scalarText, secret != nil || hasNoSecrets else {
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
      // client management needs no secrets and no keys
      members.append(.init("client", .object((client.object ?? []).filter { ["id", "name"].contains($0.name) })))
    }
    members += request.publicKeys
    members.append(.init("unique", request.unique))
    return .object(members)
  }
}
