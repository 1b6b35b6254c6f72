// Errors before there is a request: bytes that are not HTTP, and unknown methods.

import ConformanceModel
import HTTPModel
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Responds to what cannot be read as a request, and puts the time of the service's clock into every response.
///
/// Belongs to one connection and runs on its event loop only.
final class WireErrors: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let store: Store
  /// Requests without a complete response.
  private var pendingRequests = 0
  private var hasFailed = false

  init(store: Store) { self.store = store }

  /// The parts before the conversion to HTTP types still have the version of the protocol.
  func handlerAdded(context: ChannelHandlerContext) {
    let pipeline = context.pipeline.syncOperations
    guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else { return }
    try? pipeline.addHandler(OldRequests(), position: .before(codec))
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head = unwrapInboundIn(data) { pendingRequests += 1 }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where head.status.kind != .informational:
      head.headerFields[.date] = store.now.httpDate
      context.write(wrapOutboundOut(.head(head)), promise: promise)
      return
    case .end: pendingRequests -= 1
    default: break
    }
    context.write(data, promise: promise)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let refused = refusal(for: error), !hasFailed, pendingRequests == 0 else {
      context.fireErrorCaught(error)
      return
    }
    hasFailed = true
    let response = ServiceResponse(refused)
    let head = HTTPResponse(status: .init(code: response.status), headerFields: response.fieldsOfLast(at: store.now))
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: response.body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    WireExchange.endSoon(context.channel)
  }

  private func refusal(for error: any Error) -> ParserError? {
    switch error {
    // also bytes that are not HTTP at all: the parser takes them for the start of a method
    case HTTPParserError.invalidMethod: .unknownMethod
    case HTTPParserError.headerOverflow: .headerTooLarge
    case is HTTPParserError: .malformed
    default: nil
    }
  }
}
