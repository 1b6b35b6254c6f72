// Deletes clients outside of any case: those that a run left, and those that a crashed run left.

import ConformanceModel
import HTTPModel
import JSONValue

/// Deletes clients of a target, each over a transport of its own: that of the run may have been shut down by a signal.
struct ClientDeletion: Sendable {
  let target: Target
  let templates: TemplateResolver
  let drivers: DriverFactory
  let makeTransport: TransportFactory

  /// - Throws: Why the client still exists.
  func delete(_ client: JSON, _ role: ConnectorRole) async throws {
    guard let driver = drivers.clientDriver, let connector = target.connector(role) else {
      throw TargetError(Capability.deleteClient.missingReason)
    }
    let request = ClientRequest(
      operation: .delete, connector: connector, connectorValues: try templates.values(of: connector),
      name: client["name"] ?? .null, client: client)
    let transport = try makeTransport()
    let outcome: Result<StepResult, any Error>
    do {
      outcome = .success(try await driver.perform(request) { StepResult(try await transport.send($0)) })
    } catch {
      outcome = .failure(error)
    }
    await transport.shutdown()
    let result = try outcome.get()
    // A client that does not exist any more needs no deletion.
    guard result.statusMeansSuccess || [404, 410].contains(result.exchange.response.status) else {
      throw TargetError("HTTP \(result.exchange.response.status)")
    }
  }
}
