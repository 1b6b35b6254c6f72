// The authentication tab of a connector as an API: creates, lists, shows, replaces and deletes clients.

import ConformanceModel
import HTTPModel
import JSONValue

struct AuthenticationTab {
  let management: ClientManagement

  private var store: Store { management.store }

  /// - Parameter path: The path segments after `/connectors`.
  func respond(to request: ServiceRequest, _ path: [String]) -> ServiceResponse {
    do throws(ServiceProblem) {
      guard management.isAllowed(request) else { throw .managerKeyNeeded }
      guard let name = path.first else {
        try request.mustBe("GET")
        return ServiceResponse(200, json: ["connectors": .array(store.connectors.map { describe($0, request) })])
      }
      guard let connector = store.connector(name) else { throw .notFound }
      switch (path.count, path.dropFirst().first, path.last) {
      case (1, _, _):
        try request.mustBe("GET")
        return ServiceResponse(200, json: describe(connector, request))
      case (2, "clients", _): return try clients(request, connector)
      case (3, "clients", _): return try client(path[2], request, connector)
      case (4, "clients", "replacement"): return try replacement(of: path[2], request, connector)
      default: throw .notFound
      }
    } catch {
      return ServiceResponse(error)
    }
  }

  private func clients(_ request: ServiceRequest, _ connector: ConnectorDefinition) throws(ServiceProblem)
    -> ServiceResponse
  {
    try request.mustBe("GET", "POST")
    guard request.method == "POST" else {
      return ServiceResponse(200, json: ["clients": .array(store.clients(of: connector.name).map(describe))])
    }
    let json = try request.json()
    guard let name = json["name"]?.string, management.policy.isName(name) else { throw .nameNeeded }
    return add(named: name, keys: try keys(json), to: connector)
  }

  private func client(_ id: String, _ request: ServiceRequest, _ connector: ConnectorDefinition) throws(ServiceProblem)
    -> ServiceResponse
  {
    try request.mustBe("GET", "DELETE")
    if request.method == "DELETE" {
      guard store.delete(id, of: connector.name) else { throw .notFound }
      return ServiceResponse(204)
    }
    guard let client = store.client(id, of: connector.name) else { throw .notFound }
    return ServiceResponse(200, json: describe(client))
  }

  /// For a lost secret: new credentials with the same name. The old ones work until they are deleted.
  private func replacement(of id: String, _ request: ServiceRequest, _ connector: ConnectorDefinition)
    throws(ServiceProblem) -> ServiceResponse
  {
    try request.mustBe("POST")
    guard let lost = store.client(id, of: connector.name) else { throw .notFound }
    // a new key comes with the request, if there is one
    let json = request.body?.isEmpty == true ? nil : try request.json()
    let keys = json?["jwks"] == nil ? lost.keys : try keys(json)
    return add(named: lost.name, keys: keys, to: connector, for: lost)
  }

  /// The public keys of a request, which may have none.
  private func keys(_ json: JSON?) throws(ServiceProblem) -> [AssertionKey] {
    guard let set = json?["jwks"] else { return [] }
    guard let keys = management.assertionKeys.set(set) else {
      throw .malformedBody(
        "jwks must be a JSON Web Key Set with 1 to 10 public keys: RSA, P-256, P-384, P-521 or Ed25519, each alone or "
          + "with its certificate in x5c")
    }
    return keys
  }

  /// Creates a client. Its secret is in this response only.
  private func add(
    named name: String, keys: [AssertionKey], to connector: ConnectorDefinition, for lost: Store.Client? = nil
  ) -> ServiceResponse {
    let new = management.create(named: name, keys: keys, for: lost, of: connector)
    var members = describe(new.client).object ?? []
    members.insert(JSON.Member("client_secret", .string(new.secret)), at: 1)
    return ServiceResponse(201, json: .object(members), headers: management.policy.uncacheable)
  }

  private func describe(_ client: Store.Client) -> JSON {
    [
      "client_id": .string(client.id), "name": .string(client.name),
      "created_at": .string(client.createdAt.description),
    ]
  }

  private func describe(_ connector: ConnectorDefinition, _ request: ServiceRequest) -> JSON {
    [
      "name": .string(connector.name), "token_endpoint": .string(request.base + connector.tokenPath),
      "inbound_url": .string(request.base + connector.inboundPath), "authentication_methods": ["oauth2"],
    ]
  }
}
