// HTTP on the wire, by Hummingbird: turns its requests into the service's own values and back.

import Conformance
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

struct Server {
  let service: Service
  let configuration: ReferenceServiceConfiguration

  func run<Result: Sendable>(_ body: @Sendable (_ port: Int) async throws -> Result) async throws -> Result {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let logger = Logger(label: "reference-service") { _ in SwiftLogNoOpLogHandler() }
    let server = try HTTPServerBuilder.http1().buildServer(
      configuration: ServerConfiguration(address: .hostname(configuration.host, port: configuration.port)),
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
      responder: { request, writer, _ in try await self.respond(to: request, writer) },
      onServerRunning: { channel in
        port.yield(channel.localAddress?.port ?? 0)
        port.finish()
      })
    let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        defer { port.finish() }
        do {
          try await group.run()
        } catch {
          throw ReferenceServiceError(
            description:
              "the reference service cannot listen on \(configuration.host):\(configuration.port): \(error); is the port taken? choose another with --port, or 0 for any")
        }
      }
      guard let number = await ports.first(where: { _ in true }) else {
        try await tasks.waitForAll()
        throw ReferenceServiceError(description: "the reference service ended before it listened")
      }
      let result: Swift.Result<Result, any Error>
      do { result = .success(try await body(number)) } catch { result = .failure(error) }
      await group.triggerGracefulShutdown()
      // open connections that are idle would be waited for; their clients are gone
      tasks.cancelAll()
      return try result.get()
    }
  }

  private func respond(to request: Request, _ writer: consuming ResponseWriter) async throws {
    var incoming = ServiceRequest(request)
    let answer: ServiceAnswer
    // what the head alone decides is answered before the body is asked for
    if let refused = service.refusal(of: incoming) {
      answer = refused
    } else {
      if request.headers[.expect]?.lowercased() == "100-continue" {
        try await writer.writeInformationalHead(HTTPResponse(status: .continue))
      }
      incoming.body = try await collect(request.body, upTo: service.largestBody(of: incoming))
      answer = service.answer(incoming)
    }
    var headers = HTTPFields()
    for field in answer.headers {
      guard let name = HTTPField.Name(field.name) else { continue }
      headers.append(HTTPField(name: name, value: field.value))
    }
    headers[.date] = HTTPDate.format(service.now)
    let isHead = request.method == .head
    headers[.contentLength] = answer.status == 204 ? nil : "\(answer.body.count)"
    let head = HTTPResponse(status: .init(code: answer.status), headerFields: headers)
    let body = isHead || answer.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
    try await writer.write(response: head, body: body)
  }

  /// The body, or `nil` once it is larger than allowed.
  private func collect(_ body: RequestBody, upTo largest: Int) async throws -> [UInt8]? {
    var bytes: [UInt8] = []
    for try await buffer in body {
      guard bytes.count + buffer.readableBytes <= largest else { return nil }
      bytes.append(contentsOf: buffer.readableBytesView)
    }
    return bytes
  }
}

extension ServiceRequest {
  init(_ request: Request) {
    let target = request.head.path ?? "/"
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(
      method: request.method.rawValue, path: parts.first.map(String.init) ?? "/", query: parts.count > 1 ? String(parts[1]) : "",
      headers: request.headers.map { HeaderField($0.name.rawName, $0.value) }, host: request.head.authority ?? "")
  }
}
