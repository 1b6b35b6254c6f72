// Which address does what.

import ConformanceModel
import JSONValue

/// The whole behaviour of the service, without the wire: a request comes in, an answer goes out.
final class Service: Sendable {
  let store: Store
  let policy: Policy
  let managerKeyHash: [UInt8]
  /// Who is signed in at the page.
  let sessions = Sessions()

  init(_ configuration: ReferenceServiceConfiguration) {
    var policy = Policy()
    for fault in configuration.faults { fault.apply(&policy) }
    self.policy = policy
    store = Store(start: configuration.start, connectors: configuration.connectors, policy: policy)
    managerKeyHash = Secrets.hash(configuration.managerKey)
  }

  var now: SimulatedInstant { store.now }

  /// The answer that the head of a request alone calls for, before its body is read.
  func refusal(of request: ServiceRequest) -> ServiceResponse? {
    guard case .inbound = Route(request, store.connectors),
      var answer = InboundEndpoint(service: self).refusal(of: request)
    else { return nil }
    policy.write(self, request, &answer)
    return answer
  }

  /// How many bytes of a body are read; more than that is too large.
  func maxBody(of request: ServiceRequest) -> Int {
    if case .inbound = Route(request, store.connectors) { return policy.maxPayload }
    return TokenEndpoint.maxForm
  }

  func answer(_ request: ServiceRequest) -> ServiceResponse {
    var request = request
    policy.readBody(&request)
    var answer = answer(to: request)
    policy.write(self, request, &answer)
    return answer
  }

  private func answer(to request: ServiceRequest) -> ServiceResponse {
    switch Route(request, store.connectors) {
    case .token(let connector): return TokenEndpoint(service: self, connector: connector).answer(request)
    case .revocation(let connector): return TokenStateEndpoint(service: self, connector: connector).revoke(request)
    case .introspection(let connector):
      return TokenStateEndpoint(service: self, connector: connector).introspect(request)
    case .metadata(let connector): return ServerMetadata(connector: connector).answer(request)
    case .inbound: return InboundEndpoint(service: self).answer(request)
    case .page(let connector, let path): return AuthenticationPage(service: self).answer(request, connector, path)
    case .tab(let path): return AuthenticationTab(service: self).answer(request, path)
    case .control(let path): return ControlEndpoint(store: store).answer(request, path)
    case .health: return health(request)
    case .nowhere: return ServiceResponse(.notFound)
    }
  }

  private func health(_ request: ServiceRequest) -> ServiceResponse {
    do throws(ServiceProblem) {
      try request.mustBe("GET")
      return ServiceResponse(200, json: ["status": "up"])
    } catch {
      return ServiceResponse(error)
    }
  }
}
