// How a scenario authenticates the clients that it creates.

import ConformanceModel

extension Scenario {
  /// The first way that its steps name for each client: a client may be registered for one way only (RFC 7591 section
  /// 2), and a request for the other way would be refused rightly.
  var authentications: [String: ClientAuthentication] {
    var found: [String: ClientAuthentication] = [:]
    for step in allSteps.flatMap(\.leaves) {
      for (client, way) in step.authentications where found[client] == nil { found[client] = way }
    }
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
      default: request.edits.basicCredentials
      }
    case .http(let request): request.edits.basicCredentials
    default: []
    }
  }
}

extension RequestEdits {
  /// The clients whose Basic credentials a header field contains: `Basic ${erp.basic}`.
  fileprivate var basicCredentials: [(client: String, way: ClientAuthentication)] {
    headers.flatMap(\.value.references).filter { $0.path.count == 2 && $0.path[1] == "basic" }.map {
      ($0.path[0], .basic)
    }
  }
}
