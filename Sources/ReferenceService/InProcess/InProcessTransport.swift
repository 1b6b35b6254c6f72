// The reference service without a socket: requests go to its decisions in the same process.

import ConformanceModel
public import HTTPModel
import HTTPTypes

/// A reference service of its own and the transport to it, for tests that need its responses and not the network.
///
/// Statuses, header fields and bodies are those that the service sends over a socket. There are no connections: faults
/// that depend on one have no effect, timeouts do not apply, and requests with broken framing are errors. A response that
/// is held back comes at once, and its timings say how long it would have taken.
public final class InProcessTransport: Transport {
  /// The base URL of the service; requests to other authorities fail with `.connection`.
  public let url: String
  /// The bearer token for client management.
  public let managerKey: String

  private let service: Service
  private let isShutDown = Locked(false)

  /// - Parameters:
  ///   - configuration: `host` and `port` have no effect.
  ///   - url: A URL of `http` without a path, or of `https` for a configuration with a certificate.
  public init(
    _ configuration: ReferenceServiceConfiguration = ReferenceServiceConfiguration(),
    url: String? = nil
  ) {
    let url = url ?? "\(configuration.identity == nil ? "http" : "https")://reference.invalid"
    self.url = url
    managerKey = configuration.managerKey
    service = Service(configuration, host: WireRequest(url: url).authority)
  }

  /// - Throws: `.connection` for another authority, `.request` for a request that cannot be framed, `.protocol` for a
  ///   response whose body ends early, `.cancelled` after `shutdown()` and in a cancelled task.
  public func send(_ request: WireRequest, _ options: SendOptions) async throws(TransportError) -> Exchange {
    guard !isShutDown.withLock({ $0 }) else { throw TransportError(.cancelled, "the transport was shut down") }
    guard !Task.isCancelled else { throw TransportError(.cancelled, "the task was cancelled") }
    let (response, seconds) = try respond(to: request)
    return Exchange(
      request: request, response: response, timings: Timings(total: seconds), attempt: options.attempt)
  }

  public var executor: (any TaskExecutor)? { nil }

  public func settle() async -> [ConnectionSurplus] { [] }

  public func shutdown() async { isShutDown.withLock { $0 = true } }

  private func respond(to request: WireRequest) throws(TransportError) -> (WireResponse, seconds: Double) {
    guard let target = request.target(below: url) else {
      throw TransportError(.connection, "the in-process service is at \(url) only")
    }
    try request.checkFraming()
    if let error = request.parserError {
      let refused = ServiceResponse(error)
      return (try read(refused, refused.fieldsOfLast(at: service.store.now), request, []), 0)
    }
    var incoming = ServiceRequest(request, target, isSecure: service.isSecure)
    service.policy.readHead(&incoming)
    let refused = service.refusal(of: incoming)
    let interim = refused == nil && incoming.expectsContinue && service.policy.sendsContinue ? [100] : []
    if refused == nil, let body = incoming.body, body.count > service.maxBody(of: incoming) { incoming.body = nil }
    let isLast = service.policy.endsConnection(after: incoming, isRefused: refused != nil)
    let response = refused ?? service.respond(to: incoming)
    let read = try read(response, response.fields(to: incoming, service.policy, isLast: isLast), request, interim)
    return (read, service.policy.delay(incoming) / .seconds(1))
  }

  /// What a client reads: as many bytes of the body as Content-Length announces.
  private func read(_ response: ServiceResponse, _ fields: HTTPFields, _ request: WireRequest, _ interim: [Int])
    throws(TransportError) -> WireResponse
  {
    var fields = fields
    fields[.date] = service.store.now.httpDate
    var body = request.method == "HEAD" ? [] : response.body
    if request.method != "HEAD", let announced = fields[.contentLength].flatMap({ Int($0) }) {
      guard announced <= body.count else {
        throw TransportError(.protocol, "the response ended \(announced - body.count) bytes before its Content-Length")
      }
      body = Array(body.prefix(announced))
    }
    return WireResponse(
      status: response.status, headers: [HeaderField](fields), body: body, interim: interim)
  }
}
