// Which endpoint responds to which path.

import ConformanceModel
import JSONValue

/// The whole behaviour of the service, without the wire.
final class Service: Sendable {
  let store: Store
  let policy: Policy
  private let management: ClientManagement
  /// The sessions of the page.
  private let sessions = Sessions()
  private let signInLimit: SignInLimit
  private let trustedHosts: TrustedHosts
  /// Whether requests come over TLS.
  let isSecure: Bool

  /// - Parameter host: The host name or address by which clients address the service.
  init(_ configuration: ReferenceServiceConfiguration, host: String) {
    var policy = Policy()
    for fault in configuration.faults { fault.apply(&policy) }
    self.policy = policy
    store = Store(start: configuration.start, connectors: configuration.connectors, policy: policy)
    management = ClientManagement(
      store: store, policy: policy, managerKeyHash: Secrets.hash(policy.managerKeyForm(configuration.managerKey)))
    isSecure = configuration.identity != nil
    signInLimit = SignInLimit(now: configuration.elapsed)
    trustedHosts = TrustedHosts(listening: host, allowed: configuration.allowedHosts)
  }

  /// The response that depends on the head of a request alone, before its body is read; `nil` if the body is needed.
  func refusal(of request: ServiceRequest) -> ServiceResponse? {
    let route = Route(request, store.connectors)
    do throws(ServiceProblem) {
      try request.checkHost()
      switch route {
      case .control, .tab: try request.checkOrigin(trustedHosts)
      case .page: try request.checkHost(trustedHosts)
      default: break
      }
    } catch {
      return ServiceResponse(error)
    }
    guard case .inbound = route, var response = InboundEndpoint(store: store, policy: policy).refusal(of: request)
    else { return nil }
    policy.write(store, request, &response)
    return response
  }

  /// The limit of a request's body in bytes.
  func maxBody(of request: ServiceRequest) -> Int {
    if case .inbound = Route(request, store.connectors) { return policy.maxPayload }
    return policy.maxForm
  }

  /// The response to a whole request whose head was not refused.
  func respond(to request: ServiceRequest) -> ServiceResponse {
    var request = request
    policy.readBody(&request)
    var response = route(request)
    policy.write(store, request, &response)
    return response
  }

  private func route(_ request: ServiceRequest) -> ServiceResponse {
    switch Route(request, store.connectors) {
    case .token(let connector):
      TokenEndpoint(store: store, policy: policy, connector: connector).respond(to: request)
    case .revocation(let connector):
      TokenStateEndpoint(store: store, policy: policy, connector: connector).revoke(request)
    case .introspection(let connector):
      TokenStateEndpoint(store: store, policy: policy, connector: connector).introspect(request)
    case .metadata(let connector): ServerMetadata(connector: connector).respond(to: request)
    case .inbound: InboundEndpoint(store: store, policy: policy).respond(to: request)
    case .page(let connector, let path):
      AuthenticationPage(management: management, sessions: sessions, signInLimit: signInLimit)
        .respond(to: request, connector, path)
    case .tab(let path): AuthenticationTab(management: management).respond(to: request, path)
    case .control(let path): ControlEndpoint(store: store).respond(to: request, path)
    case .health: health(request)
    case .unknown: ServiceResponse(.notFound)
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
