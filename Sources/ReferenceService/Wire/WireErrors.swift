// What goes wrong before there is a request: bytes that are not HTTP, and methods that nobody knows.

import HTTPModel
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers what cannot be read as a request, and puts the service's own time into every answer.
///
/// Belongs to one connection and runs on its event loop only.
final class WireErrors: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let service: Service
  /// Requests that have no complete answer yet.
  private var requestsUnderWay = 0
  private var hasFailed = false

  init(service: Service) { self.service = service }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head = unwrapInboundIn(data) { requestsUnderWay += 1 }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(var head) where head.status.kind != .informational:
      head.headerFields[.date] = HTTPDate.format(service.now)
      context.write(wrapOutboundOut(.head(head)), promise: promise)
      return
    case .end: requestsUnderWay -= 1
    default: break
    }
    context.write(data, promise: promise)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let (status, code, description) = words(for: error), !hasFailed, requestsUnderWay == 0 else {
      context.fireErrorCaught(error)
      return
    }
    hasFailed = true
    let answer = ServiceResponse(status, error: code, description: description)
    let headers: HTTPFields = [
      .date: HTTPDate.format(service.now), .contentType: "application/json", .contentLength: "\(answer.body.count)",
      .connection: "close",
    ]
    context.write(
      wrapOutboundOut(.head(HTTPResponse(status: .init(code: status), headerFields: headers))), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: answer.body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    WireExchange.endSoon(context.channel)
  }

  private func words(for error: any Error) -> (status: Int, code: String, description: String)? {
    switch error {
    // also bytes that are no HTTP at all: the parser takes them for the start of a method
    case HTTPParserError.invalidMethod:
      (501, ServiceProblem.notImplemented.code, ServiceProblem.notImplemented.description)
    case HTTPParserError.headerOverflow: (431, "header_too_large", "the header fields are too large")
    case is HTTPParserError: (400, "malformed", "this is not an HTTP request")
    default: nil
    }
  }
}
