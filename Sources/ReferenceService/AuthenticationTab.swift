// The authentication tab of a connector, as an API: clients are created, listed, shown, replaced and deleted.

import Conformance

struct AuthenticationTab {
  let service: Service

  private var store: Store { service.store }

  /// - Parameter path: What stands behind `/connectors`.
  func answer(_ request: ServiceRequest, _ path: [String]) -> ServiceAnswer {
    do throws(Problem) {
      guard service.policy.mayManage(knowsKey(request), request) else { throw .managerKeyNeeded }
      guard let name = path.first else {
        try request.mustBe("GET")
        return ServiceAnswer(200, json: ["connectors": .array(store.connectors.map { describe($0, request) })])
      }
      guard let connector = store.connector(name) else { throw .notFound }
      switch (path.count, path.dropFirst().first, path.last) {
      case (1, _, _):
        try request.mustBe("GET")
        return ServiceAnswer(200, json: describe(connector, request))
      case (2, "clients", _): return try clients(request, connector)
      case (3, "clients", _): return try client(path[2], request, connector)
      case (4, "clients", "replacement"): return try replacement(of: path[2], request, connector)
      default: throw .notFound
      }
    } catch {
      return ServiceAnswer(error)
    }
  }

  private func knowsKey(_ request: ServiceRequest) -> Bool {
    let fields = request.headers.values("Authorization")
    guard fields.count == 1, let words = fields.first?.split(separator: " "), words.count == 2, words[0].lowercased() == "bearer" else { return false }
    return Secrets.matches(String(words[1]), service.managerKeyHash)
  }

  private func clients(_ request: ServiceRequest, _ connector: ConnectorDefinition) throws(Problem) -> ServiceAnswer {
    try request.mustBe("GET", "POST")
    guard request.method == "POST" else {
      return ServiceAnswer(200, json: ["clients": .array(store.clients(of: connector.name).map(describe))])
    }
    guard let name = try request.json()["name"]?.string, service.policy.isName(name) else { throw .nameNeeded }
    return add(named: name, to: connector)
  }

  private func client(_ id: String, _ request: ServiceRequest, _ connector: ConnectorDefinition) throws(Problem) -> ServiceAnswer {
    try request.mustBe("GET", "DELETE")
    if request.method == "DELETE" {
      guard store.delete(id, of: connector.name) else { throw .notFound }
      return ServiceAnswer(204)
    }
    guard let client = store.client(id, of: connector.name) else { throw .notFound }
    return ServiceAnswer(200, json: describe(client))
  }

  /// For a lost secret: a new set of the same name. The old one stays until it is deleted.
  private func replacement(of id: String, _ request: ServiceRequest, _ connector: ConnectorDefinition) throws(Problem) -> ServiceAnswer {
    try request.mustBe("POST")
    guard let lost = store.client(id, of: connector.name) else { throw .notFound }
    return add(named: lost.name, to: connector, for: lost)
  }

  /// Makes a new set. The secret is in this answer, and never again in any.
  private func add(named name: String, to connector: ConnectorDefinition, for lost: Store.Client? = nil) -> ServiceAnswer {
    let secret = service.policy.makeSecret()
    let hash = Secrets.hash(service.policy.secretForm(secret))
    let client = store.add(id: service.policy.makeClientID(), name: name, connector: connector.name, secretHash: hash, for: lost)
    var members = describe(client).object ?? []
    members.insert(JSON.Member("client_secret", .string(secret)), at: 1)
    return ServiceAnswer(201, json: .object(members), headers: service.policy.uncacheable)
  }

  private func describe(_ client: Store.Client) -> JSON {
    ["client_id": .string(client.id), "name": .string(client.name), "created_at": .string(client.createdAt.description)]
  }

  private func describe(_ connector: ConnectorDefinition, _ request: ServiceRequest) -> JSON {
    let base = "http://\(request.host)"
    return [
      "name": .string(connector.name), "token_endpoint": .string(base + connector.tokenPath),
      "inbound_url": .string(base + connector.inboundPath), "authentication_methods": ["oauth2"],
    ]
  }
}
