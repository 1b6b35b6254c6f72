// Who may manage clients, and how their credentials are made.

import ConformanceModel
import HTTPModel

/// What the authentication tab needs, as an API and as a page.
struct ClientManagement: Sendable {
  let store: Store
  let policy: Policy
  let managerKeyHash: [UInt8]
  let assertionKeys = AssertionKeys()

  /// Whether the sender of a request may manage clients.
  func isAllowed(_ request: ServiceRequest) -> Bool { policy.mayManage(hasManagerKey(request), request) }

  private func hasManagerKey(_ request: ServiceRequest) -> Bool {
    let fields = request.headers.values("Authorization")
    guard fields.count == 1, let words = fields.first?.split(separator: " "), words.count == 2,
      words[0].lowercased() == "bearer"
    else { return false }
    var key = words[1]
    // `CONNECTOR.KEY` is the key of the manager of this connector alone
    if let own = store.connector(request.tabConnector), key.hasPrefix("\(own.name).") {
      key = key.dropFirst(own.name.count + 1)
    }
    return Secrets.matches(policy.managerKeyForm(String(key)), managerKeyHash)
  }

  /// Creates a client with new credentials.
  ///
  /// - Parameters:
  ///   - keys: The public keys for assertions.
  ///   - lost: The client whose lost secret the new credentials replace.
  func create(
    named name: String, keys: [AssertionKey] = [], for lost: Store.Client? = nil, of connector: ConnectorDefinition
  ) -> NewClient {
    let secret = policy.makeSecret()
    let hash = Secrets.hash(policy.secretForm(secret))
    return NewClient(
      client: store.add(
        id: policy.makeClientID(), name: name, connector: connector.name, secretHash: hash,
        hmacKey: Array(secret.utf8), keys: keys, for: lost),
      secret: secret)
  }
}

/// A client right after its creation.
struct NewClient: Sendable {
  let client: Store.Client
  /// In clear text; the service stores only its hash.
  let secret: String
}
