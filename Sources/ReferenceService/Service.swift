// Which address does what.

import Conformance

/// The whole behaviour of the service, without the wire: a request comes in, an answer goes out.
struct Service: Sendable {
  let store: Store
  let managerKeyHash: [UInt8]

  init(_ configuration: ReferenceServiceConfiguration) {
    store = Store(start: configuration.start, connectors: configuration.connectors)
    managerKeyHash = SHA256.hash(Array(configuration.managerKey.utf8))
  }

  var now: Instant { store.now }

  /// The answer that the head of a request alone calls for, before its body is read.
  func refusal(of request: ServiceRequest) -> ServiceAnswer? {
    guard case .inbound = Route(request, store.connectors) else { return nil }
    return InboundEndpoint(store: store).refusal(of: request)
  }

  /// How many bytes of a body are read; more than that is too large.
  func largestBody(of request: ServiceRequest) -> Int {
    if case .inbound = Route(request, store.connectors) { return InboundEndpoint.largestPayload }
    return 64 << 10
  }

  func answer(_ request: ServiceRequest) -> ServiceAnswer {
    switch Route(request, store.connectors) {
    case .token(let connector): return TokenEndpoint(store: store, connector: connector).answer(request)
    case .inbound: return InboundEndpoint(store: store).answer(request)
    case .tab(let path): return AuthenticationTab(store: store, managerKeyHash: managerKeyHash).answer(request, path)
    case .control(let path): return ControlEndpoint(store: store).answer(request, path)
    case .health: return request.method == "GET" || request.method == "HEAD" ? ServiceAnswer(200, json: ["status": "up"]) : .methodNotAllowed(request.method, allow: "GET")
    case .nowhere: return .notFound
    }
  }
}

/// Where a request is meant for.
enum Route {
  case token(ConnectorDefinition)
  /// Any address below `/v1/`: authentication comes before existence.
  case inbound
  case tab([String])
  case control([String])
  case health
  case nowhere

  init(_ request: ServiceRequest, _ connectors: [ConnectorDefinition]) {
    let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    switch parts.first {
    case "v1" where parts.count >= 2: self = .inbound
    case "connectors":
      if parts.count == 4, parts[2] == "oauth", parts[3] == "token", let connector = connectors.first(where: { $0.name == parts[1] }) {
        self = .token(connector)
      } else {
        self = .tab(Array(parts.dropFirst()))
      }
    case "control": self = .control(Array(parts.dropFirst()))
    case "health" where parts.count == 1: self = .health
    default: self = .nowhere
    }
  }
}
