// Which address does what.

import Conformance

/// The whole behaviour of the service, without the wire: a request comes in, an answer goes out.
struct Service: Sendable {
  let store: Store
  let policy = Policy()
  let managerKeyHash: [UInt8]

  init(_ configuration: ReferenceServiceConfiguration) {
    store = Store(start: configuration.start, connectors: configuration.connectors, policy: policy)
    managerKeyHash = Secrets.hash(configuration.managerKey)
  }

  var now: Instant { store.now }

  /// The answer that the head of a request alone calls for, before its body is read.
  func refusal(of request: ServiceRequest) -> ServiceAnswer? {
    guard case .inbound = Route(request, store.connectors) else { return nil }
    return InboundEndpoint(store: store, policy: policy).refusal(of: request)
  }

  /// How many bytes of a body are read; more than that is too large.
  func largestBody(of request: ServiceRequest) -> Int {
    if case .inbound = Route(request, store.connectors) { return policy.largestPayload }
    return TokenEndpoint.largestForm
  }

  func answer(_ request: ServiceRequest) -> ServiceAnswer {
    switch Route(request, store.connectors) {
    case .token(let connector): return TokenEndpoint(store: store, policy: policy, connector: connector).answer(request)
    case .inbound: return InboundEndpoint(store: store, policy: policy).answer(request)
    case .tab(let path): return AuthenticationTab(store: store, policy: policy, managerKeyHash: managerKeyHash).answer(request, path)
    case .control(let path): return ControlEndpoint(store: store, policy: policy).answer(request, path)
    case .health: return health(request)
    case .nowhere: return ServiceAnswer(.notFound, policy)
    }
  }

  private func health(_ request: ServiceRequest) -> ServiceAnswer {
    do throws(Problem) {
      try request.mustBe("GET")
      return ServiceAnswer(200, json: ["status": "up"])
    } catch {
      return ServiceAnswer(error, policy)
    }
  }
}
