// The authentication tab of a connector, as an API: clients are created, listed, shown, replaced and deleted.

import Conformance

struct AuthenticationTab {
  let store: Store
  let managerKeyHash: [UInt8]

  /// - Parameter path: What stands behind `/connectors`.
  func answer(_ request: ServiceRequest, _ path: [String]) -> ServiceAnswer {
    guard isManager(request) else {
      return .problem(401, "unauthorized", "the manager's key is needed", headers: [HeaderField("WWW-Authenticate", "Bearer realm=\"authentication tab\"")])
    }
    guard let name = path.first else { return only("GET", request) { ServiceAnswer(200, json: ["connectors": .array(store.connectors.map { describe($0, request) })]) } }
    guard let connector = store.connector(name) else { return .notFound }
    switch path.dropFirst().map({ $0 }) {
    case []: return only("GET", request) { ServiceAnswer(200, json: describe(connector, request)) }
    case ["clients"]:
      switch request.method {
      case "GET": return ServiceAnswer(200, json: ["clients": .array(store.clients(of: name).map(describe))])
      case "POST": return create(request, connector)
      default: return .methodNotAllowed(request.method, allow: "GET, POST")
      }
    case let rest where rest.count == 2 && rest[0] == "clients": return client(rest[1], request, connector)
    case let rest where rest.count == 3 && rest[0] == "clients" && rest[2] == "replacement":
      return only("POST", request) {
        guard let lost = store.client(rest[1], of: name) else { return .notFound }
        return add(named: lost.name, to: connector)
      }
    default: return .notFound
    }
  }

  private func isManager(_ request: ServiceRequest) -> Bool {
    let fields = request.headers.values("Authorization")
    guard fields.count == 1, let words = fields.first?.split(separator: " "), words.count == 2, words[0].lowercased() == "bearer" else { return false }
    return Secrets.matches(String(words[1]), managerKeyHash)
  }

  private func only(_ method: String, _ request: ServiceRequest, _ answer: () -> ServiceAnswer) -> ServiceAnswer {
    request.method == method || (method == "GET" && request.method == "HEAD") ? answer() : .methodNotAllowed(request.method, allow: method)
  }

  private func client(_ id: String, _ request: ServiceRequest, _ connector: ConnectorDefinition) -> ServiceAnswer {
    switch request.method {
    case "GET", "HEAD": return store.client(id, of: connector.name).map { ServiceAnswer(200, json: describe($0)) } ?? .notFound
    case "DELETE": return store.delete(id, of: connector.name) ? ServiceAnswer(204) : .notFound
    default: return .methodNotAllowed(request.method, allow: "GET, DELETE")
    }
  }

  private func create(_ request: ServiceRequest, _ connector: ConnectorDefinition) -> ServiceAnswer {
    guard let body = request.body, let json = try? JSON(parsing: body) else { return .problem(400, "malformed", "a JSON object with a name is needed") }
    guard let name = json["name"]?.string, name.count <= 100, !name.allSatisfy(\.isWhitespace) else {
      return .problem(422, "name_missing", "a client needs a name of at most 100 characters")
    }
    return add(named: name, to: connector)
  }

  /// Makes a new set. The secret is in this answer, and never again in any.
  private func add(named name: String, to connector: ConnectorDefinition) -> ServiceAnswer {
    let secret = Secrets.make()
    let client = Store.Client(
      id: Secrets.makeID(), name: name, connector: connector.name, secretHash: SHA256.hash(Array(secret.utf8)), createdAt: store.now)
    store.add(client)
    var members = describe(client).object ?? []
    members.insert(JSON.Member("client_secret", .string(secret)), at: 1)
    return ServiceAnswer(201, json: .object(members), headers: ServiceAnswer.noStore)
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
