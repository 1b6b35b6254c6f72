// One TLS connection of a server, without a socket: bytes of the network go in and out in memory.

import CLibSSL

/// The server's end of a TLS connection. What `receive` and `send` leave for the network is in `takeOutput`.
public final class TLSServerConnection {
  private let connection: OpaquePointer
  /// Bytes from the client, and bytes to it. The connection owns both.
  private let input: OpaquePointer
  private let output: OpaquePointer
  private var failure: TLSError?
  /// Whether the client has said that it sends nothing more.
  public private(set) var hasEnded = false

  /// - Throws: `TLSError` if memory is exhausted.
  public init(_ context: TLSServerContext) throws(TLSError) {
    guard let connection = SSL_new(context.context), let input = BIO_new(BIO_s_mem()),
      let output = BIO_new(BIO_s_mem())
    else { throw TLSError(description: "OpenSSL has no memory") }
    self.connection = connection
    self.input = input
    self.output = output
    SSL_set_bio(connection, input, output)
    SSL_set_accept_state(connection)
  }

  deinit { SSL_free(connection) }

  /// Whether the handshake is complete, and so data can be sent.
  public var isOpen: Bool { SSL_is_init_finished(connection) == 1 }

  /// The certificate of the client (X.690), once the connection is open; `nil` if it sent none.
  public var clientCertificate: [UInt8]? {
    guard let certificate = SSL_get0_peer_certificate(connection) else { return nil }
    var bytes: UnsafeMutablePointer<UInt8>?
    let count = i2d_X509(certificate, &bytes)
    guard count > 0, let bytes else { return nil }
    defer { CRYPTO_free(bytes, nil, 0) }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(count)))
  }

  /// Takes bytes of the network.
  ///
  /// - Returns: The data that they carry; none during the handshake.
  /// - Throws: `TLSError` if they are no TLS, or the client ended the connection by an alert.
  public func receive(_ bytes: UnsafeRawBufferPointer) throws(TLSError) -> [UInt8] {
    if let failure { throw failure }
    guard bytes.isEmpty || BIO_write(input, bytes.baseAddress, Int32(bytes.count)) == bytes.count else {
      throw TLSError(description: "OpenSSL has no memory")
    }
    var data: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      // it goes on with the handshake as well
      let count = SSL_read(connection, &part, Int32(part.count))
      guard count > 0 else {
        try check(count)
        return data
      }
      data += part.prefix(Int(count))
    }
  }

  /// Encrypts data for the client. The connection is open.
  ///
  /// - Throws: `TLSError` if it has failed.
  public func send(_ data: UnsafeRawBufferPointer) throws(TLSError) {
    if let failure { throw failure }
    var rest = data[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 20))
      let count = SSL_write(connection, part.baseAddress, Int32(part.count))
      guard count > 0 else {
        try check(count)
        // memory takes everything: nothing has to be waited for
        throw TLSError(description: "the connection takes no data")
      }
      rest = rest.dropFirst(Int(count))
    }
  }

  /// Says by an alert that nothing more is sent (RFC 8446 section 6.1).
  public func end() {
    defer { ERR_clear_error() }
    if failure == nil, isOpen { SSL_shutdown(connection) }
  }

  /// The bytes for the network since the last call.
  public func takeOutput() -> [UInt8] {
    let count = BIO_ctrl_pending(output)
    guard count > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = max(0, Int(BIO_read(output, buffer.baseAddress, Int32(clamping: count))))
    }
  }

  private func check(_ count: Int32) throws(TLSError) {
    defer { ERR_clear_error() }
    switch SSL_get_error(connection, count) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return
    case SSL_ERROR_ZERO_RETURN: hasEnded = true
    default:
      let reason = ERR_reason_error_string(ERR_peek_error()).map { String(cString: $0) } ?? "the connection failed"
      let failure = TLSError(description: reason)
      self.failure = failure
      throw failure
    }
  }
}
