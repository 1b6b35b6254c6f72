// TLS in the pipeline of a connection.

import HummingbirdCore
import Logging
import NIOCore
import TLS

/// Sets up connections that begin with TLS.
struct SecureChannel<Base: ServerChildChannel>: ServerChildChannel {
  let base: Base
  let context: TLSServerContext

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(TLSHandler(try TLSServerConnection(context)))
    }.flatMap { base.setup(channel: channel, logger: logger) }
  }

  func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// Decrypts what comes in and encrypts what goes out.
final class TLSHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let connection: TLSServerConnection
  /// What is written during the handshake, with the promise to be kept once it is sent.
  private var waiting: [(data: ByteBuffer, promise: EventLoopPromise<Void>?)] = []

  init(_ connection: TLSServerConnection) { self.connection = connection }

  /// The certificate of the client; `nil` if it sent none.
  var clientCertificate: [UInt8]? { connection.clientCertificate }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let hadEnded = connection.hasEnded
    do {
      let bytes = try unwrapInboundIn(data).withUnsafeReadableBytes { try connection.receive($0) }
      if connection.isOpen { sendWaiting(context) }
      flushOutput(context)
      if !bytes.isEmpty { context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: bytes))) }
      // the client's end of the connection is that of its data
      if connection.hasEnded, !hadEnded { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
    } catch {
      // the alert that says why
      flushOutput(context)
      context.close(promise: nil)
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let data = unwrapOutboundIn(data)
    guard connection.isOpen else { return waiting.append((data, promise)) }
    send(data, promise, context)
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    if mode != .input {
      connection.end()
      flushOutput(context)
    }
    context.close(mode: mode, promise: promise)
  }

  func channelInactive(context: ChannelHandlerContext) {
    for entry in waiting { entry.promise?.fail(ChannelError.ioOnClosedChannel) }
    waiting = []
    context.fireChannelInactive()
  }

  private func sendWaiting(_ context: ChannelHandlerContext) {
    let entries = waiting
    waiting = []
    for entry in entries { send(entry.data, entry.promise, context) }
  }

  private func send(_ data: ByteBuffer, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
    do {
      try data.withUnsafeReadableBytes { try connection.send($0) }
      context.write(wrapOutboundOut(ByteBuffer(bytes: connection.takeOutput())), promise: promise)
    } catch {
      promise?.fail(error)
    }
  }

  private func flushOutput(_ context: ChannelHandlerContext) {
    let output = connection.takeOutput()
    if !output.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: output)), promise: nil) }
  }
}
