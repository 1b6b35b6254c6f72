// The parts of a target file that many cases depend on.

import ConformanceModel

/// A part of the target file that the probe tries once, before the cases that depend on it.
struct ProbeLink: Hashable, Sendable {
  var part: Part
  var connector = ConnectorRole.first

  enum Part: Hashable, Sendable, CaseIterable {
    case create, list, show, replace, delete, token
    /// A token by the new set that replaces a lost one.
    case newSet
    /// What becomes of the old set, as the target file declares it.
    case lostSecret
    /// The state of the token, which may have the time of its issue.
    case introspection
    case revocation, metadata
    /// The inbound URL, whatever is posted there.
    case inbound
    /// The sample `valid`, posted with a token.
    case payload
    case inbox
    /// The lifetime of tokens, as the target file declares it.
    case lifetime
  }
}

extension ProbeLink {
  /// The links that the same request of the target file serves.
  var shared: [ProbeLink] {
    ProbeScenario.isShared(part) ? ConnectorRole.allCases.map { ProbeLink(part: part, connector: $0) } : [self]
  }

  /// The links that the steps of a scenario use.
  static func all(of scenario: Scenario) -> Set<ProbeLink> {
    var links: Set<ProbeLink> = []
    if scenario.when.contains(where: { $0.behaviour == .lostSecret }) { links.insert(ProbeLink(part: .lostSecret)) }
    var owners: [String: ConnectorRole] = [:]
    for step in scenario.allSteps.flatMap(\.leaves) {
      if step.usesLifetime { links.insert(ProbeLink(part: .lifetime)) }
      switch step.operation {
      case .createClient(_, let connector):
        links.insert(ProbeLink(part: .create, connector: connector))
        if let name = step.savedAs { owners[name] = connector }
      case .listClients(let connector): links.insert(ProbeLink(part: .list, connector: connector))
      case .showClient(let client): links.insert(ProbeLink(part: .show, connector: owners[client] ?? .first))
      case .replaceClient(let client):
        let connector = owners[client] ?? .first
        links.formUnion([
          ProbeLink(part: .replace, connector: connector), ProbeLink(part: .newSet, connector: connector),
        ])
      case .deleteClient(let client): links.insert(ProbeLink(part: .delete, connector: owners[client] ?? .first))
      case .requestToken(let request): links.insert(ProbeLink(part: .token, connector: request.connector ?? .first))
      case .postPayload(let post):
        let connector = post.connector ?? .first
        links.insert(ProbeLink(part: .inbound, connector: connector))
        // a scenario can also send the token in a header field of its own
        let isAccepted = step.expectations.contains { $0.subject == .success(.postPayload) }
        // if none is accepted, the other samples are not either
        if isAccepted || post.token != nil && post.payload.isValidSample {
          links.insert(ProbeLink(part: .payload, connector: connector))
        }
      case .showReceipt: links.insert(ProbeLink(part: .payload))
      case .readInbox(let connector): links.insert(ProbeLink(part: .inbox, connector: connector))
      case .http(let request):
        let urls = ([request.url] + request.alternatives).flatMap(\.references)
        links.formUnion(urls.compactMap { $0.path.first.flatMap(Part.init(urlName:)) }.map { ProbeLink(part: $0) })
      case .wait, .restartTarget, .repeat, .concurrently: break
      }
    }
    return links
  }
}

extension ProbeLink.Part {
  /// - Parameter urlName: The name of a URL in scenarios.
  fileprivate init?(urlName: String) {
    switch urlName {
    case "introspection-url": self = .introspection
    case "revocation-url": self = .revocation
    case "metadata-url", "openid-metadata-url": self = .metadata
    default: return nil
    }
  }

  /// The endpoint of the target file that it tries.
  var endpoint: Target.Endpoint? {
    switch self {
    case .introspection: .introspection
    case .revocation: .revocation
    case .metadata: .issuer
    case .create, .list, .show, .replace, .delete, .token, .newSet, .lostSecret, .inbound, .payload, .inbox, .lifetime:
      nil
    }
  }
}

extension Step {
  /// Whether it depends on the lifetime of tokens, by a wait or by what it expects.
  fileprivate var usesLifetime: Bool {
    switch operation {
    case .wait(.expiry): return true
    case .wait(.span(let length)), .wait(.until(_, later: let length)): if length.fixed == nil { return true }
    default: break
    }
    let lifetime = ["behaviour", Behaviour.tokenLifetime.rawValue]
    return expectations.contains { $0.subject.references.contains { $0.path == lifetime } }
  }
}

extension Payload {
  fileprivate var isValidSample: Bool {
    switch self {
    case .sample(let name): name == "valid"
    case .validOfSize, .validSpelled: true
    case .json, .text, .hex, .chosenSample, .validMalformed: false
    }
  }
}
