// What goes wrong at the second connector alone.

import ConformanceModel
import JSONValue

extension Fault {
  static let ofSecondConnector: [Fault] =
    refusals.map { name, status, sentence, fits in
      Fault(name, .major, .combined, "The second connector \(sentence).") {
        $0.onInboundResponse(status) { request, response in
          guard request.isAtSecondConnector, fits(request) else { return }
          response = ServiceResponse(201, json: ["id": .string(Secrets.makeID("receipt"))])
        }
      }
    } + [
      Fault(
        "tokens-outlive-clients-of-the-second-connector", .critical, .combined,
        "The tokens of a deleted client of the second connector still work."
      ) {
        let correct = $0.survives
        $0.survives = { token, client in client.connector == second || correct(token, client) }
      },
      Fault(
        "names-of-the-second-connector-are-lost", .major, .combined,
        "The second connector does not store the names of clients."
      ) {
        $0.added = { state, client, _ in if client.connector == second { state.clients[client.id]?.name = "" } }
      },
      Fault(
        "two-ways-at-the-second-connector", .critical, .combined,
        "The second connector accepts Basic and credentials in the body together."
      ) {
        $0.onTokenRequest { request in
          guard request.isAtSecondConnector, request.header("Authorization") != nil else { return }
          request.form.removeAll { $0.name == "client_id" || $0.name == "client_secret" }
        }
      },
    ]

  private static let second = ConnectorDefinition.standard[1].name

  private static let refusals: [(String, Int, String, @Sendable (ServiceRequest) -> Bool)] = [
    ("any-size-at-the-second-connector", 413, "accepts payloads of any size", { _ in true }),
    (
      "blank-payloads-at-the-second-connector", 422, "accepts blank payloads",
      { ($0.body ?? []).allSatisfy { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }
    ),
    ("malformed-payloads-at-the-second-connector", 400, "accepts malformed payloads", { _ in true }),
  ]
}

extension ServiceRequest {
  /// Whether it is about the second connector: its clients, tokens or payloads.
  var isAtSecondConnector: Bool {
    let name = ConnectorDefinition.standard[1].name
    return path.hasPrefix("/connectors/\(name)/") || path.hasSuffix("/\(name)")
  }
}
