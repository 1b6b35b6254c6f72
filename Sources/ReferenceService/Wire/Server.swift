// HTTP on the wire, by Hummingbird: turns its requests into the service's own values and back.

import ConformanceModel
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

struct Server {
  /// How long requests in progress may take when the service stops.
  private static let graceForOpenConnections = Duration.seconds(2)
  /// Half of the processors: the others are those of the program that sends the requests. The threads never end.
  private static let loops = MultiThreadedEventLoopGroup(numberOfThreads: max(1, System.coreCount / 2))

  let service: Service
  let host: String
  let port: Int
  let identity: ServiceIdentity?

  /// Serves while `body` runs.
  func run<Result>(_ body: (_ url: String) async throws -> Result) async throws -> Result {
    if let identity {
      return try await run(body, "https", SecureChannel(base: channel, context: try identity.context()))
    }
    return try await run(body, "http", channel)
  }

  private func run<Result>(
    _ body: (_ url: String) async throws -> Result, _ scheme: String, _ channel: some ServerChildChannel
  ) async throws -> Result {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let listener = listener(channel) { port.yield($0) }
    let serving = Task {
      // a listener that fails before it is bound must not leave the loop below waiting
      defer { port.finish() }
      try await listener.run()
    }
    guard let chosen = await ports.first(where: { _ in true }) else {
      do { try await serving.value } catch { throw cannotListen(error) }
      throw ReferenceServiceError(description: "the reference service ended before it accepted connections")
    }
    let result: Swift.Result<Result, any Error>
    do {
      result = .success(try await body("\(scheme)://\(bracketedHost):\(chosen)"))
    } catch {
      result = .failure(error)
    }
    let limit = Task {
      try await Task.sleep(for: Server.graceForOpenConnections)
      serving.cancel()
    }
    try? await listener.shutdownGracefully()
    limit.cancel()
    _ = await serving.result
    return try result.get()
  }

  private var channel: HTTP1Channel {
    let service = service
    return HTTP1Channel(
      responder: { request, writer, channel in
        try await WireExchange(service: service, request: request, channel: channel).respond(writer)
      },
      configuration: .init(additionalChannelHandlers: [WireErrors(store: service.store)]))
  }

  private func listener<Channel: ServerChildChannel>(
    _ channel: Channel, _ listens: @escaping @Sendable (Int) -> Void
  ) -> HummingbirdCore.Server<LoopBoundChannel<Channel>> {
    HummingbirdCore.Server(
      childChannelSetup: LoopBoundChannel(base: channel),
      configuration: ServerConfiguration(address: .hostname(host, port: port)),
      onServerRunning: { channel in listens(channel.localAddress?.port ?? 0) },
      eventLoopGroup: Server.loops,
      logger: Logger(label: "reference-service") { _ in SwiftLogNoOpLogHandler() })
  }

  /// An IPv6 address is in brackets in a URL (RFC 3986 section 3.2.2).
  private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

  private func cannotListen(_ error: any Error) -> ReferenceServiceError {
    let reason =
      switch (error as? IOError)?.errnoCode {
      case EADDRINUSE: "the port is in use; choose another port, or 0 for a free one"
      case EACCES: "this port needs more privileges; choose one above 1023, or 0 for a free one"
      case EADDRNOTAVAIL: "this machine does not have this address; choose another, such as 127.0.0.1"
      default: "\(error); choose another address or port"
      }
    return ReferenceServiceError(
      description: "the reference service cannot listen on \(bracketedHost):\(port): \(reason)")
  }
}
