// Defects of one way of client authentication, and of one connector.

import ConformanceModel
import HTTPModel
import JSONValue

/// A way in which clients authenticate.
enum WayOfAuthentication: String, CaseIterable {
  case basic, body, privateKey, secretJWT

  /// The way of a token request; `nil` for none.
  init?(of request: ServiceRequest) {
    if request.hasAssertion {
      self = request.isSignedBySecret ? .secretJWT : .privateKey
    } else if request.header("Authorization") != nil {
      self = .basic
    } else if request.form.contains(where: { $0.name == "client_secret" }) {
      self = .body
    } else {
      return nil
    }
  }

  var name: String {
    switch self {
    case .basic: "basic"
    case .body: "body"
    case .privateKey: "private-key"
    case .secretJWT: "secret-jwt"
    }
  }

  var phrase: String {
    switch self {
    case .basic: "by Basic"
    case .body: "by credentials in the body"
    case .privateKey: "by an assertion of its private key"
    case .secretJWT: "by an assertion of its secret"
    }
  }
}

extension Fault {
  static let deletedClientsByWay: [Fault] = WayOfAuthentication.allCases.map { way in
    Fault(
      "deleted-clients-get-tokens-by-\(way.name)", .critical, .clients,
      "A deleted client still gets tokens \(way.phrase)."
    ) {
      let gone = Locked<Set<String>>([])
      $0.deleted = { _, client in _ = gone.withLock { $0.insert(client.id) } }
      $0.onResponse { store, request, response in
        guard request.isTokenRequest, response.status == 401, WayOfAuthentication(of: request) == way,
          let id = request.namedClient, gone.withLock({ $0.contains(id) })
        else { return }
        response = .token(store)
      }
    }
  }

  static let foreignClientsByWay: [Fault] = WayOfAuthentication.allCases.map { way in
    Fault(
      "foreign-clients-get-tokens-by-\(way.name)", .critical, .isolation,
      "A client gets tokens from the token endpoint of another connector \(way.phrase)."
    ) {
      $0.onResponse { store, request, response in
        guard request.isTokenRequest, response.status == 401, WayOfAuthentication(of: request) == way,
          let id = request.namedClient,
          store.connectors.contains(where: { $0.name != request.tabConnector && store.client(id, of: $0.name) != nil })
        else { return }
        response = .token(store)
      }
    }
  }

  /// Defects of the second connector alone.
  static let secondConnector: [Fault] = [
    Fault(
      "any-entity-at-the-second-connector", .major, .isolation, "The second connector accepts payloads of any entity."
    ) {
      $0.onInboundResponse(422) { request, response in
        if request.path == second.inboundPath { response = ServiceResponse(201, json: ["id": "receipt-0"]) }
      }
    },
    Fault(
      "another-grant-error-at-the-second-connector", .major, .isolation,
      "The second connector has another error code for unknown grants."
    ) {
      $0.onResponse { _, request, response in
        guard request.path == second.tokenPath, response.errorCode == "unsupported_grant_type" else { return }
        response.editMembers { $0["error"] = "invalid_grant" }
      }
    },
    Fault(
      "payloads-of-the-second-connector-are-lost", .critical, .isolation,
      "Accepted payloads of the second connector are not delivered."
    ) {
      $0.deliveries = { payload, connector in connector == second.name ? [] : [(payload, connector)] }
    },
    Fault(
      "deleted-clients-of-the-second-connector-work", .critical, .isolation,
      "A deleted client of the second connector still gets tokens."
    ) {
      $0.deleted = { state, client in if client.connector == second.name { state.clients[client.id] = client } }
    },
    Fault(
      "replacing-does-nothing-at-the-second-connector", .major, .isolation,
      "The replacement for a lost secret of the second connector does not work."
    ) {
      $0.added = { state, client, lost in
        if lost != nil, client.connector == second.name { state.clients[client.id]?.secretHash = [] }
      }
    },
    Fault("no-list-at-the-second-connector", .major, .isolation, "The second connector lists no clients.") {
      $0.added = { state, client, _ in if client.connector == second.name { state.order[client.connector] = [] } }
    },
    Fault("no-details-at-the-second-connector", .major, .isolation, "The second connector shows no client.") {
      $0.onTab(.show) { _, request, response in
        if request.tabConnector == second.name { response = ServiceResponse(.notFound) }
      }
    },
  ]

  private static let second = ConnectorDefinition.standard[1]
}

extension ServiceResponse {
  fileprivate static func token(_ store: Store) -> ServiceResponse {
    ServiceResponse(
      200, json: ["access_token": .string(Secrets.make()), "token_type": "Bearer", "expires_in": 86_400],
      headers: store.policy.uncacheable)
  }
}

extension ServiceRequest {
  /// The client of a token request, whichever way it authenticates.
  fileprivate var namedClient: String? { subject ?? sentID }
}
