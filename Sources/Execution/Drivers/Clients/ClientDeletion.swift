// Deletes clients outside of any case: what a run left, and what a crashed one left.

public import ConformanceModel
import HTTPModel
import HTTPTransport
public import JSONValue

extension TargetSession {
  /// Deletes a client of this target.
  ///
  /// - Throws: Why it is still there.
  public func delete(_ client: JSON, _ role: ConnectorRole) async throws {
    guard let driver = makeClientDriver(), let connector = target.connector(role) else {
      throw TargetError(Capability.deleteClient.missingReason)
    }
    let order = ClientRequest(
      operation: .delete, connector: connector, connectorValues: try values(of: connector),
      name: client["name"] ?? .null, client: client)
    // a client of its own: that of the run may have been shut down by a signal
    let own = try HTTPClient(self.client.options)
    let result: Result<StepResult, any Error>
    do { result = .success(try await driver.perform(order) { StepResult(try await own.send($0)) }) } catch {
      result = .failure(error)
    }
    await own.shutdown()
    let answer = try result.get()
    // one that is gone already needs no deletion
    guard answer.statusMeansSuccess || [404, 410].contains(answer.exchange.response.status) else {
      throw TargetError("status \(answer.exchange.response.status)")
    }
  }
}
