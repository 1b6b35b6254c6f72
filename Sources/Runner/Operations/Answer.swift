// What came of an operation.

import Conformance

/// The exchange of an operation, and what the target's bindings found in it.
struct Answer {
  let exchange: Exchange
  /// The body, read once for all who look into it.
  let json: Result<JSON, JSONError>
  /// What is saved under the step's name: a client, a token, a payload.
  var saved: JSON?
  /// Why nothing could be saved, where the answer lacks something.
  var lack: String?
  /// The statuses that mean success for this operation at this target.
  var successStatuses: [Int]?
  /// Ids of the listed clients.
  var ids: [String]?
  /// Bodies of received payloads.
  var received: [String]?

  init(_ exchange: Exchange) {
    self.exchange = exchange
    do throws(JSONError) { json = .success(try JSON(parsing: exchange.response.body)) } catch { json = .failure(error) }
  }

  var body: JSON? { try? json.get() }

  var statusMeansSuccess: Bool {
    successStatuses?.contains(exchange.response.status) ?? (200..<300).contains(exchange.response.status)
  }
}
