// The authentication tab: access to it, and operations that fail.

import ConformanceModel
import JSONValue

extension Fault {
  static let management: [Fault] =
    [
      Fault("anyone-may-manage-clients", .critical, .clients, "Clients can be managed without a key.") {
        $0.mayManage = { _, _ in true }
      },
      Fault("anyone-may-list-clients", .critical, .clients, "Clients can be listed without a key.") {
        $0.mayManage = { hasKey, request in hasKey || request.method == "GET" }
      },
      Fault(
        "any-key-manages-clients", .critical, .clients,
        "Any bearer token, including an access token, can manage clients."
      ) {
        $0.mayManage = { hasKey, request in
          hasKey || request.header("Authorization").flatMap(BearerAuthentication.token) != nil
        }
      },
      Fault(
        "manager-key-by-its-start", .critical, .clients, "The last character of the manager key is not compared."
      ) {
        $0.managerKeyForm = { String($0.dropLast()) }
      },
      Fault(
        "no-challenge-for-strangers", .minor, .clients, "The 401 of client management has no challenge."
      ) {
        $0.onResponse { _, request, response in
          if request.tabOperation != nil, response.status == 401 { response.setHeader("WWW-Authenticate", nil) }
        }
      },
    ]
    // what somebody without a key may do is among the combined faults
    + Stranger.allCases.filter { $0 != .nobody }
    .flatMap { stranger in TabOperation.allCases.map { stranger.fault($0) } }

  static let crashes: [Fault] =
    [
      fails("no-client-can-be-created", "Creating a client gets 500.", .create),
      fails("lists-crash", "Listing the clients gets 500.", .list),
      fails("details-crash", "Showing a client gets 500.", .show),
      fails("replacing-crashes", "Replacing a lost secret gets 500.", .replace),
      fails("deleting-crashes", "Deleting a client gets 500.", .delete),
      creation("nameless-clients-crash", "Creating a client without a name gets 500.") { _, name in name == nil },
      creation("names-beyond-ascii-crash", "A client name with characters outside ASCII gets 500.") { _, name in
        !(name ?? "").allSatisfy(\.isASCII)
      },
      creation("creation-without-key-crashes", "Creating a client without a key gets 500.") { request, _ in
        request.header("Authorization") == nil
      },
      Fault("used-names-crash", .major, .clients, "Creating a client under a name that was used before gets 500.") {
        let used = Locked<Set<String>>([])
        $0.onTab(.create) { _, request, response in
          guard let name = request.clientName else { return }
          if !used.withLock({ $0.insert(name).inserted }) { response = .crash }
        }
      },
      Fault(
        "details-hold-all-clients", .major, .clients, "The details of a client contain those of all other clients."
      ) {
        $0.onResponse { store, request, response in
          guard TabResponse.single.fits(request, response) else { return }
          let all = store.clients(of: request.tabConnector)
          response.editMembers { members in
            members["others"] = .array(all.map { ["client_id": .string($0.id), "name": .string($0.name)] })
          }
        }
      },
    ] + ghosts

  private static func fails(_ name: String, _ sentence: String, _ operation: TabOperation) -> Fault {
    Fault(name, .major, .clients, sentence) {
      $0.onTab(operation) { _, _, response in if response.status < 400 { response = .crash } }
    }
  }

  private static func creation(
    _ name: String, _ sentence: String, _ crashes: @escaping @Sendable (ServiceRequest, _ name: String?) -> Bool
  ) -> Fault {
    Fault(name, .major, .clients, sentence) {
      $0.onTab(.create) { _, request, response in
        if crashes(request, request.clientName) { response = .crash }
      }
    }
  }

  // MARK: Deleted clients

  private static let ghosts: [Fault] = [
    ghost("deleted-clients-are-shown", "A deleted client can still be shown.", .show) { _, client, response in
      response = ServiceResponse(200, json: ["client_id": .string(client.id), "name": .string(client.name)])
    },
    ghost("deleted-clients-are-replaced", "A deleted client can be replaced, and its new set works.", .replace) {
      store, client, response in
      let secret = Secrets.make()
      let new = store.add(
        id: Secrets.makeID("client"), name: client.name, connector: client.connector,
        secretHash: Secrets.hash(store.policy.secretForm(secret)), for: client)
      response = ServiceResponse(
        201, json: ["client_id": .string(new.id), "client_secret": .string(secret), "name": .string(new.name)],
        headers: store.policy.uncacheable)
    },
    ghost("deleting-twice-crashes", "Deleting a client that was deleted before gets 500.", .delete) { _, _, response in
      response = .crash
    },
  ]

  /// Remembers deleted clients, and responds to this operation on them.
  private static func ghost(
    _ name: String, _ sentence: String, _ operation: TabOperation,
    _ edit: @escaping @Sendable (Store, Store.Client, inout ServiceResponse) -> Void
  ) -> Fault {
    Fault(name, .minor, .clients, sentence) {
      let gone = Locked<[String: Store.Client]>([:])
      $0.deleted = { _, client in gone.withLock { $0[client.id] = client } }
      $0.onTab(operation) { store, request, response in
        guard response.status == 404, let id = request.tabClient, let client = gone.withLock({ $0[id] }) else { return }
        edit(store, client, &response)
      }
    }
  }
}

/// Somebody without the manager key.
private enum Stranger: String, CaseIterable {
  case nobody, unknownKey, ownToken, foreignToken, secret, otherManager

  /// The fault that lets this one, and no other, perform an operation.
  func fault(_ operation: TabOperation) -> Fault {
    Fault("\(name)-may-\(operation.rawValue)", .critical, .clients, "\(sentence(operation)).") {
      let credentials = Credentials()
      $0.onResponse { store, request, response in
        guard request.isTokenRequest, response.status == 200, let token = response.json?["access_token"]?.string,
          let client = request.sentID.flatMap({ store.client($0, of: request.tabConnector) })
        else { return }
        credentials.tokens.withLock { $0[token] = client.connector }
      }
      $0.added = { _, client, _ in
        _ = credentials.secrets.withLock { $0.insert(String(decoding: client.hmacKey, as: UTF8.self)) }
      }
      $0.mayManage = { hasKey, request in
        hasKey || request.tabOperation == operation && credentials.stranger(request) == self
      }
    }
  }

  private var name: String {
    switch self {
    case .nobody: "nobody"
    case .unknownKey: "unknown-keys"
    case .ownToken: "access-tokens"
    case .foreignToken: "foreign-access-tokens"
    case .secret: "client-secrets"
    case .otherManager: "managers-of-other-connectors"
    }
  }

  private func sentence(_ operation: TabOperation) -> String {
    let who =
      switch self {
      case .nobody: "Without credentials"
      case .unknownKey: "With an unknown key"
      case .ownToken: "With an access token of the connector"
      case .foreignToken: "With an access token of another connector"
      case .secret: "With the secret of a client as key"
      case .otherManager: "With the key of the manager of another connector"
      }
    let what =
      switch operation {
      case .create: "clients can be created"
      case .list: "clients can be listed"
      case .show: "a client can be shown"
      case .replace: "a lost secret can be replaced"
      case .delete: "a client can be deleted"
      }
    return "\(who), \(what)"
  }
}

/// What clients were given, in clear text.
private final class Credentials: Sendable {
  /// The connectors of tokens.
  let tokens = Locked<[String: String]>([:])
  let secrets = Locked<Set<String>>([])

  func stranger(_ request: ServiceRequest) -> Stranger {
    guard let field = request.header("Authorization") else { return .nobody }
    let key = BearerAuthentication.token(field) ?? ""
    if let connector = tokens.withLock({ $0[key] }) {
      return connector == request.tabConnector ? .ownToken : .foreignToken
    }
    if secrets.withLock({ $0.contains(key) }) { return .secret }
    let others = ConnectorDefinition.standard.filter { $0.name != request.tabConnector }
    return others.contains { key.hasPrefix("\($0.name).") } ? .otherManager : .unknownKey
  }
}

extension ServiceRequest {
  /// The name in a request to create a client.
  fileprivate var clientName: String? { body.flatMap { try? JSON(parsing: $0) }?["name"]?.string }
}
