// Connectors that are not kept apart.

import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  static let isolation: [Fault] = [
    Fault(
      "foreign-credentials-accepted", .critical, .isolation, "A client gets tokens from any connector's token endpoint."
    ) {
      $0.belongs = { _, _, _ in true }
    },
    Fault("foreign-token-accepted", .critical, .isolation, "A token opens any connector's inbound URL.") {
      $0.tokenIsValid = { _, _ in true }
    },
    Fault(
      "foreign-token-accepted-the-other-way", .critical, .isolation,
      "A token of the second connector opens the first one's inbound URL."
    ) {
      let correct = $0.tokenIsValid
      $0.tokenIsValid = { token, connector in
        token.connector == ConnectorDefinition.standard[1].name || correct(token, connector)
      }
    },
    Fault(
      "foreign-token-delivers", .critical, .isolation,
      "A foreign token gets 401, and the payload is passed on all the same."
    ) {
      $0.tokenIsValid = { _, _ in true }
      $0.onAnswer { service, request, answer in
        guard request.isInbound, answer.status == 201, let token = service.token(of: request) else { return }
        guard !request.path.hasSuffix("/\(token.connector)") else { return }
        answer = ServiceResponse(
          401, error: "invalid_token", description: "not for this address",
          headers: [HeaderField("WWW-Authenticate", "Bearer realm=\"inbound\", error=\"invalid_token\"")])
      }
    },
    Fault("lists-hold-all-clients", .critical, .isolation, "A connector's list shows the clients of all connectors.") {
      $0.onAnswer { service, request, answer in
        guard TabResponse.list.fits(request, answer) else { return }
        let all = service.store.connectors.flatMap { service.store.clients(of: $0.name) }
        answer.editMembers { members in
          members["clients"] = .array(
            all.map {
              ["client_id": .string($0.id), "name": .string($0.name), "created_at": .string($0.createdAt.description)]
            })
        }
      }
    },
    Fault(
      "deletion-reaches-other-connectors", .minor, .isolation,
      "Deleting a client ends the clients of the same name on other connectors."
    ) {
      $0.deleted = { state, client in
        for (id, other) in state.clients where other.name == client.name && other.connector != client.connector {
          state.clients[id]?.secretHash = []
        }
      }
    },
    Fault(
      "deletion-ends-foreign-tokens", .critical, .isolation, "Deleting a client ends the tokens of other connectors."
    ) {
      $0.survives = { token, deleted in token.client != deleted.id && token.connector == deleted.connector }
    },
    Fault(
      "replacing-reaches-other-connectors", .critical, .isolation,
      "Generating a new set ends the sets of other connectors."
    ) {
      $0.added = { state, client, lost in
        guard lost != nil else { return }
        for (id, other) in state.clients where other.connector != client.connector {
          state.clients[id]?.secretHash = []
        }
      }
    },
    Fault("payload-goes-to-another-connector", .critical, .isolation, "Payloads reach the inbox of another connector.")
    {
      $0.deliveries = { payload, connector in [(payload, other(than: connector))] }
    },
    Fault("payload-goes-to-all-connectors", .critical, .isolation, "Payloads reach the inboxes of all connectors.") {
      $0.deliveries = { payload, _ in ConnectorDefinition.standard.map { (payload, $0.name) } }
    },
    Fault(
      "audience-widens-a-token", .critical, .isolation,
      "A client that asks for another resource gets a token that opens everything."
    ) {
      let wide = Locked<Set<String>>([])
      $0.onAnswer { _, request, answer in
        guard request.isTokenRequest, answer.status == 200, let token = answer.json?["access_token"]?.string else {
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
      "parallel-clients-mix", .critical, .isolation, "Requests for tokens at the same time get each other's tokens."
    ) {
      let waiting = Locked<JSON?>(nil)
      $0.onAnswer { _, request, answer in
        guard request.isTokenRequest, answer.status == 200, let token = answer.json?["access_token"] else { return }
        let other = waiting.withLock { last in
          defer { last = token }
          return last
        }
        if let other { answer.editMembers { $0["access_token"] = other } }
      }
    },
    Fault("a-connector-without-token-endpoint", .major, .isolation, "The second connector has no token endpoint.") {
      $0.onAnswer { _, request, answer in
        if request.isTokenRequest, request.path.contains("/\(ConnectorDefinition.standard[1].name)/") {
          answer = ServiceResponse(.notFound)
        }
      }
    },
    Fault(
      "names-are-shared-by-connectors", .major, .isolation,
      "A name that a client of one connector has is refused on the others."
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
