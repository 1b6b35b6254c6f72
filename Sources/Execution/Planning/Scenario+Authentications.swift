// How a scenario authenticates the clients that it creates.

import ConformanceModel

extension Scenario {
  /// The first way that its steps name for each client: a client may be registered for one way only (RFC 7591 section
  /// 2), and a request for the other way would be refused rightly. A client whose secret is used gets a way with one.
  ///
  /// - Parameter ways: Those that the target declares.
  func authentications(among ways: [ClientAuthentication]) -> [String: ClientAuthentication] {
    var found: [String: ClientAuthentication] = [:]
    let steps = allSteps.flatMap(\.leaves)
    for step in steps {
      for (client, way) in step.authentications where found[client] == nil { found[client] = way }
    }
    guard ways.first?.usesSecret == false, let way = ways.first(where: \.usesSecret) else { return found }
    for client in steps.flatMap(\.clientsWithSecret) where found[client] == nil { found[client] = way }
    return found
  }
}

extension Step {
  fileprivate var authentications: [(client: String, way: ClientAuthentication)] {
    switch operation {
    case .requestToken(let request):
      switch request.authentication {
      case .basic, .basicRaw: request.client.map { [($0, .basic)] } ?? []
      case .body: request.client.map { [($0, .body)] } ?? []
      case .clientSecretJWT, .privateKeyJWT, .tlsClientAuth:
        request.client.flatMap { client in request.authentication.map { [(client, $0)] } } ?? []
      default: request.edits.basicCredentials
      }
    case .http(let request): request.edits.basicCredentials
    default: []
    }
  }

  /// The clients whose secret the step needs.
  fileprivate var clientsWithSecret: [String] {
    var clients = references.filter(\.isSecret).map(\.name)
    if case .requestToken(let request) = operation, let client = request.client, request.needsSecret {
      clients.append(client)
    }
    return clients
  }

  /// Whether the step needs a client with a secret.
  var needsSecret: Bool {
    if case .requestToken(let request) = operation, request.needsSecret { return true }
    return references.contains(where: \.isSecret) || expectations.contains(where: \.subject.isAboutSavedSecret)
  }
}

extension TokenRequest {
  /// Whether it sends a secret, and no way of authentication that a target declares says so.
  fileprivate var needsSecret: Bool { secret != nil || authentication == .both || authentication == .query }
}

extension Expectation.Subject {
  /// Whether it is about the secret that an operation saves.
  fileprivate var isAboutSavedSecret: Bool {
    guard case .saved(.object(let members)) = self else { return false }
    return members.contains { $0.name == "secret" }
  }
}

extension Reference {
  /// Whether the value is the secret of a client, or made of it.
  fileprivate var isSecret: Bool { path.count == 2 && ["secret", "basic"].contains(path[1]) }
}

extension RequestEdits {
  /// The clients whose Basic credentials a header field contains: `Basic ${erp.basic}`.
  fileprivate var basicCredentials: [(client: String, way: ClientAuthentication)] {
    headers.flatMap(\.value.references).filter { $0.path.count == 2 && $0.path[1] == "basic" }.map {
      ($0.path[0], .basic)
    }
  }
}
