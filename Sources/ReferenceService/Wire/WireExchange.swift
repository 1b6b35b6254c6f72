// One request over a socket and its response.

import ConformanceModel
import HTTPModel
import HTTPTypes
import HummingbirdCore
import NIOCore

struct WireExchange {
  /// How many bytes of a refused body are still read: many clients read the response only after they sent everything.
  static let maxDrain = 64 << 20
  /// The size, in bytes, of a body that takes long to read.
  static let large = 64 << 10
  /// How long the client has to read the response before the connection is closed.
  static let graceForReading = TimeAmount.seconds(5)

  let service: Service
  let request: Request
  let channel: any Channel

  func respond(_ writer: consuming ResponseWriter) async throws {
    var incoming = ServiceRequest(request, channel, isSecure: service.isSecure)
    if service.isSecure {
      incoming.certificate = try await channel.eventLoop.submit { [channel] in
        try channel.pipeline.syncOperations.handler(type: TLSHandler.self).clientCertificate
      }.get()
    }
    service.policy.readHead(&incoming)
    // a request that its head alone disqualifies is refused before its body is requested
    let refused = service.refusal(of: incoming)
    if refused == nil, incoming.expectsContinue, service.policy.sendsContinue {
      try await writer.writeInformationalHead(HTTPResponse(status: .continue))
    }
    var body = request.body.makeAsyncIterator()
    if refused == nil { incoming.body = try await collect(&body, upTo: service.maxBody(of: incoming)) }
    let isLast = service.policy.endsConnection(after: incoming, isRefused: refused != nil)
    let delay = service.policy.delay(incoming)
    if delay > .zero { try await Task.sleep(for: delay) }
    let response = if let refused { refused } else { await respond(to: incoming) }
    try await write(response, to: incoming, isLast: isLast, writer)
    if isLast {
      WireExchange.endSoon(channel)
    } else if refused != nil || incoming.body == nil {
      try await drain(&body)
    }
  }

  /// What takes long is done on the default pool: meanwhile the event loop serves other connections. A compressed body is
  /// larger than it looks.
  private func respond(to incoming: ServiceRequest) async -> ServiceResponse {
    guard (incoming.body?.count ?? 0) > WireExchange.large || !incoming.headers.values("Content-Encoding").isEmpty
    else { return service.respond(to: incoming) }
    return await withTaskExecutorPreference(globalConcurrentExecutor) {
      // the preference takes effect at the next suspension
      await Task.yield()
      return service.respond(to: incoming)
    }
  }

  private func write(
    _ response: ServiceResponse, to incoming: ServiceRequest, isLast: Bool, _ writer: consuming ResponseWriter
  ) async throws {
    let fields = response.fields(to: incoming, service.policy, isLast: isLast)
    let isEmpty = request.method == .head || response.body.isEmpty
    try await writer.write(
      response: HTTPResponse(status: .init(code: response.status), headerFields: fields),
      body: isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
  }

  /// The body; `nil` if it is larger than the limit.
  private func collect(_ body: inout RequestBody.AsyncIterator, upTo limit: Int) async throws -> [UInt8]? {
    var bytes: [UInt8] = []
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > 0 {
      bytes.reserveCapacity(min(length, limit))
    }
    while let buffer = try await body.next() {
      guard bytes.count + buffer.readableBytes <= limit else { return nil }
      bytes.append(contentsOf: buffer.readableBytesView)
    }
    return bytes
  }

  private func drain(_ body: inout RequestBody.AsyncIterator) async throws {
    var count = 0
    while let buffer = try await body.next() {
      count += buffer.readableBytes
      if count > WireExchange.maxDrain {
        channel.close(promise: nil)
        return
      }
    }
  }

  /// Ends the sending direction at once, and the connection after the client had time to read.
  static func endSoon(_ channel: any Channel) {
    channel.close(mode: .output, promise: nil)
    channel.eventLoop.scheduleTask(in: graceForReading) { channel.close(promise: nil) }
  }
}

extension ServiceRequest {
  init(_ request: Request, _ channel: any Channel, isSecure: Bool) {
    var target = Substring(request.head.path ?? "/")
    // the absolute form, which every server has to accept (RFC 9112 section 3.2.2)
    for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
      target = target.dropFirst(scheme.count).drop { $0 != "/" }
    }
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    // the parser takes the first Host field for the authority and leaves further ones among the header fields
    let fields = request.headers.map { HeaderField($0.name.rawName, $0.value) }
    let isHost = { (field: HeaderField) in field.name.lowercased() == "host" }
    self.init(
      method: request.method.rawValue, path: parts.first.map(String.init) ?? "/",
      query: parts.count > 1 ? String(parts[1]) : "",
      headers: fields.filter { !isHost($0) },
      hosts: (request.head.authority.map { [$0] } ?? []) + fields.filter(isHost).map(\.value))
    connection = ObjectIdentifier(channel)
    self.isSecure = isSecure
  }
}
