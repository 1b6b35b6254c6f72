// Connectors that are not isolated from each other.

import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  static let isolation: [Fault] = betweenConnectors + foreignClientsByWay + secondConnector

  /// Some connectors list the clients of all of them.
  private static func lists(
    _ name: String, _ sentence: String, _ holdsAll: @escaping @Sendable (_ connector: String) -> Bool
  ) -> Fault {
    Fault(name, .critical, .isolation, sentence) {
      $0.onResponse { store, request, response in
        guard TabResponse.list.fits(request, response), holdsAll(request.tabConnector) else { return }
        let all = store.connectors.flatMap { store.clients(of: $0.name) }
        response.editMembers { members in
          members["clients"] = .array(
            all.map {
              ["client_id": .string($0.id), "name": .string($0.name), "created_at": .string($0.createdAt.description)]
            })
        }
      }
    }
  }

  private static let third = ConnectorDefinition.standard[2].name

  private static let betweenConnectors: [Fault] = [
    Fault(
      "foreign-credentials-accepted", .critical, .isolation,
      "A client gets tokens from the token endpoint of any connector."
    ) {
      $0.belongs = { _, _, _ in true }
    },
    Fault("foreign-token-accepted", .critical, .isolation, "A token is accepted at the inbound URL of any connector.") {
      $0.tokenIsValid = { _, _ in true }
    },
    Fault(
      "foreign-token-accepted-the-other-way", .critical, .isolation,
      "A token of the second connector is accepted at the inbound URL of the first one."
    ) {
      let correct = $0.tokenIsValid
      $0.tokenIsValid = { token, connector in
        token.connector == ConnectorDefinition.standard[1].name || correct(token, connector)
      }
    },
    Fault(
      "foreign-token-delivers", .critical, .isolation,
      "A token of another connector gets 401, but the payload is delivered."
    ) {
      $0.tokenIsValid = { _, _ in true }
      $0.onResponse { store, request, response in
        guard request.isInbound, response.status == 201, let token = store.token(of: request) else { return }
        guard !request.path.hasSuffix("/\(token.connector)") else { return }
        response = ServiceResponse(
          401, error: "invalid_token", description: "not for this address",
          headers: [HeaderField("WWW-Authenticate", "Bearer realm=\"inbound\", error=\"invalid_token\"")])
      }
    },
    lists("lists-hold-all-clients", "A connector's list contains the clients of all connectors.") { _ in true },
    lists("second-connector-lists-all-clients", "The list of the second connector contains the clients of all of them.")
    {
      $0 == ConnectorDefinition.standard[1].name
    },
    lists("third-connector-lists-all-clients", "The list of the third connector contains the clients of all of them.") {
      $0 == third
    },
    Fault(
      "third-connector-takes-all-tokens", .critical, .isolation,
      "A token of any connector is accepted at the inbound URL of the third one."
    ) {
      let correct = $0.tokenIsValid
      $0.tokenIsValid = { token, connector in connector?.name == third || correct(token, connector) }
    },
    Fault(
      "tokens-of-the-third-connector-open-all", .critical, .isolation,
      "A token of the third connector is accepted at the inbound URL of any connector."
    ) {
      let correct = $0.tokenIsValid
      $0.tokenIsValid = { token, connector in token.connector == third || correct(token, connector) }
    },
    Fault(
      "deletion-reaches-other-connectors", .minor, .isolation,
      "Deleting a client disables the clients of the same name of other connectors."
    ) {
      $0.deleted = { state, client in
        for (id, other) in state.clients where other.name == client.name && other.connector != client.connector {
          state.clients[id]?.secretHash = []
        }
      }
    },
    Fault(
      "deletion-ends-foreign-tokens", .critical, .isolation,
      "Deleting a client invalidates the tokens of other connectors."
    ) {
      $0.survives = { token, deleted in token.client != deleted.id && token.connector == deleted.connector }
    },
    Fault(
      "replacing-reaches-other-connectors", .critical, .isolation,
      "A replacement disables the sets of other connectors."
    ) {
      $0.added = { state, client, lost in
        guard lost != nil else { return }
        for (id, other) in state.clients where other.connector != client.connector {
          state.clients[id]?.secretHash = []
        }
      }
    },
    Fault(
      "payload-goes-to-another-connector", .critical, .isolation,
      "Payloads are delivered to the inbox of another connector."
    ) {
      $0.deliveries = { payload, connector in [(payload, other(than: connector))] }
    },
    Fault(
      "payload-goes-to-all-connectors", .critical, .isolation,
      "Payloads are delivered to the inboxes of all connectors."
    ) {
      $0.deliveries = { payload, _ in ConnectorDefinition.standard.map { (payload, $0.name) } }
    },
    Fault(
      "audience-widens-a-token", .critical, .isolation,
      "A token requested for another resource is accepted at every inbound URL."
    ) {
      let wide = Locked<Set<String>>([])
      $0.onResponse { _, request, response in
        guard request.isTokenRequest, response.status == 200, let token = response.json?["access_token"]?.string else {
          return
        }
        guard request.form.contains(where: { ["resource", "audience"].contains($0.name) }) else { return }
        _ = wide.withLock { $0.insert(token) }
      }
      $0.refusal = { refusal, request in
        guard let token = request.header("Authorization").flatMap(BearerAuthentication.token) else { return refusal }
        return wide.withLock { $0.contains(token) } ? nil : refusal
      }
    },
    Fault(
      "parallel-clients-mix", .critical, .isolation, "Parallel token requests get each other's tokens."
    ) {
      let waiting = Locked<JSON?>(nil)
      $0.onResponse { _, request, response in
        guard request.isTokenRequest, response.status == 200, let token = response.json?["access_token"] else { return }
        let other = waiting.withLock { last in
          defer { last = token }
          return last
        }
        if let other { response.editMembers { $0["access_token"] = other } }
      }
    },
    Fault("a-connector-without-token-endpoint", .major, .isolation, "The second connector has no token endpoint.") {
      $0.onResponse { _, request, response in
        if request.isTokenRequest, request.path.contains("/\(ConnectorDefinition.standard[1].name)/") {
          response = ServiceResponse(.notFound)
        }
      }
    },
    Fault(
      "names-are-shared-by-connectors", .major, .isolation,
      "A name that a client of one connector has is refused by the others."
    ) {
      let names = Locked<Set<String>>([])
      let correct = $0.isName
      $0.added = { _, client, _ in _ = names.withLock { $0.insert(client.name) } }
      $0.deleted = { _, client in _ = names.withLock { $0.remove(client.name) } }
      $0.isName = { name in correct(name) && !names.withLock { $0.contains(name) } }
    },
  ]

  private static func other(than connector: String) -> String {
    ConnectorDefinition.standard.first { $0.name != connector }?.name ?? connector
  }
}
