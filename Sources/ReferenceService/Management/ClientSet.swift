// A set of credentials at the moment in which it is made: the only one in which its secret is known.

import ConformanceModel
import HTTPModel

struct ClientSet: Sendable {
  let client: Store.Client
  /// In clear. What is kept is its hash.
  let secret: String
}

extension Service {
  /// Makes a new set for a connector.
  ///
  /// - Parameter lost: The client whose secret was lost, where the set is to stand in for one.
  func makeSet(named name: String, for lost: Store.Client? = nil, of connector: ConnectorDefinition) -> ClientSet {
    let secret = policy.makeSecret()
    let hash = Secrets.hash(policy.secretForm(secret))
    return ClientSet(
      client: store.add(id: policy.makeClientID(), name: name, connector: connector.name, secretHash: hash, for: lost),
      secret: secret)
  }

  /// Whether whoever sent this may manage clients.
  func mayManage(_ request: ServiceRequest) -> Bool { policy.mayManage(knowsKey(request), request) }

  private func knowsKey(_ request: ServiceRequest) -> Bool {
    let fields = request.headers.values("Authorization")
    guard fields.count == 1, let words = fields.first?.split(separator: " "), words.count == 2,
      words[0].lowercased() == "bearer"
    else { return false }
    return Secrets.matches(String(words[1]), managerKeyHash)
  }
}
