// Requests of HTTP/1.0, which need no Host field.

import NIOCore
import NIOHTTP1

/// Adds the address of the connection as Host, so that only requests of HTTP/1.1 can lack the field.
final class OldRequests: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data), head.version == .http1_0, !head.headers.contains(name: "Host"),
      let address = context.localAddress, let host = address.ipAddress, let port = address.port
    else { return context.fireChannelRead(data) }
    head.headers.add(name: "Host", value: "\(host.contains(":") ? "[\(host)]" : host):\(port)")
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }
}
