// Which address does what.

import Conformance

/// The whole behaviour of the service, without the wire: a request comes in, an answer goes out.
final class Service: Sendable {
  let store: Store
  let policy: Policy
  let managerKeyHash: [UInt8]
  /// Who is signed in at the page.
  let sessions = Sessions()

  init(_ configuration: ReferenceServiceConfiguration) {
    var policy = Policy()
    for fault in configuration.faults { fault.weave(&policy) }
    self.policy = policy
    store = Store(start: configuration.start, connectors: configuration.connectors, policy: policy)
    managerKeyHash = Secrets.hash(configuration.managerKey)
  }

  var now: Instant { store.now }

  /// The answer that the head of a request alone calls for, before its body is read.
  func refusal(of request: ServiceRequest) -> ServiceAnswer? {
    guard case .inbound = Route(request, store.connectors), var answer = InboundEndpoint(service: self).refusal(of: request) else { return nil }
    policy.write(self, request, &answer)
    return answer
  }

  /// How many bytes of a body are read; more than that is too large.
  func largestBody(of request: ServiceRequest) -> Int {
    if case .inbound = Route(request, store.connectors) { return policy.largestPayload }
    return TokenEndpoint.largestForm
  }

  func answer(_ request: ServiceRequest) -> ServiceAnswer {
    var request = request
    policy.readBody(&request)
    var answer = answer(to: request)
    policy.write(self, request, &answer)
    return answer
  }

  private func answer(to request: ServiceRequest) -> ServiceAnswer {
    switch Route(request, store.connectors) {
    case .token(let connector): return TokenEndpoint(service: self, connector: connector).answer(request)
    case .revocation(let connector): return TokenStateEndpoint(service: self, connector: connector).revoke(request)
    case .introspection(let connector): return TokenStateEndpoint(service: self, connector: connector).introspect(request)
    case .metadata(let connector): return ServerMetadata(connector: connector).answer(request)
    case .inbound: return InboundEndpoint(service: self).answer(request)
    case .page(let connector, let path): return AuthenticationPage(service: self).answer(request, connector, path)
    case .tab(let path): return AuthenticationTab(service: self).answer(request, path)
    case .control(let path): return ControlEndpoint(store: store).answer(request, path)
    case .health: return health(request)
    case .nowhere: return ServiceAnswer(.notFound)
    }
  }

  private func health(_ request: ServiceRequest) -> ServiceAnswer {
    do throws(Problem) {
      try request.mustBe("GET")
      return ServiceAnswer(200, json: ["status": "up"])
    } catch {
      return ServiceAnswer(error)
    }
  }
}
