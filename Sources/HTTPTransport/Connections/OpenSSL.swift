// The few functions of OpenSSL that show what has arrived on a connection of libcurl.

import Glibc

/// OpenSSL as the process has it, found by name: libcurl and the program use the same library.
struct OpenSSL: Sendable {
  typealias Object = UnsafeMutableRawPointer
  /// Called for each record and message, sent or received.
  typealias Observer =
    @convention(c) (Int32, Int32, Int32, UnsafeRawPointer?, Int, Object?, UnsafeMutableRawPointer?) -> Void

  private typealias Getter = @convention(c) (Object) -> Object?
  private typealias Number = @convention(c) (Object) -> Int32
  private typealias BIOSetter = @convention(c) (Object, Object) -> Void

  private let peek: @convention(c) (Object, UnsafeMutableRawPointer, Int32) -> Int32
  private let pending: Number
  private let protocolVersion: Number
  private let lastError: @convention(c) (Object, Int32) -> Int32
  private let clearErrors: @convention(c) () -> Void
  private let readBIO: Getter
  private let writeBIO: Getter
  private let setReadBIO: BIOSetter
  private let setWriteBIO: BIOSetter
  private let socketBIO: @convention(c) (Int32, Int32) -> Object?
  private let retain: Number
  private let setObserver: @convention(c) (Object, Observer) -> Void
  private let control: @convention(c) (Object, Int32, Int, UnsafeMutableRawPointer?) -> Int

  static let shared = OpenSSL()

  private init?() {
    guard let peek: @convention(c) (Object, UnsafeMutableRawPointer, Int32) -> Int32 = Self.function("SSL_peek"),
      let pending: Number = Self.function("SSL_pending"), let version: Number = Self.function("SSL_version"),
      let lastError: @convention(c) (Object, Int32) -> Int32 = Self.function("SSL_get_error"),
      let clearErrors: @convention(c) () -> Void = Self.function("ERR_clear_error"),
      let readBIO: Getter = Self.function("SSL_get_rbio"), let writeBIO: Getter = Self.function("SSL_get_wbio"),
      let setReadBIO: BIOSetter = Self.function("SSL_set0_rbio"),
      let setWriteBIO: BIOSetter = Self.function("SSL_set0_wbio"),
      let socketBIO: @convention(c) (Int32, Int32) -> Object? = Self.function("BIO_new_socket"),
      let retain: Number = Self.function("BIO_up_ref"),
      let setObserver: @convention(c) (Object, Observer) -> Void = Self.function("SSL_set_msg_callback"),
      let control: @convention(c) (Object, Int32, Int, UnsafeMutableRawPointer?) -> Int = Self.function("SSL_ctrl")
    else { return nil }
    self.peek = peek
    self.pending = pending
    protocolVersion = version
    self.lastError = lastError
    self.clearErrors = clearErrors
    self.readBIO = readBIO
    self.writeBIO = writeBIO
    self.setReadBIO = setReadBIO
    self.setWriteBIO = setWriteBIO
    self.socketBIO = socketBIO
    self.retain = retain
    self.setObserver = setObserver
    self.control = control
  }

  /// 0x0304 is TLS 1.3.
  func version(_ session: Object) -> Int32 { protocolVersion(session) }

  /// The bytes of application data that are decrypted and unread.
  func pendingCount(_ session: Object) -> Int32 { pending(session) }

  /// Calls the observer with this context for each record and message.
  func observe(_ session: Object, _ observer: Observer, _ context: UnsafeMutableRawPointer) {
    let setContext: Int32 = 16  // SSL_CTRL_SET_MSG_CALLBACK_ARG
    _ = control(session, setContext, 0, context)
    setObserver(session, observer)
  }

  /// Decrypts what has arrived on the socket, without taking application data from libcurl.
  func arrival(on session: Object, _ socket: Int32) -> ConnectionAccount.Arrival {
    // libcurl's own BIO works only within calls of libcurl, so one on the bare socket takes its place meanwhile.
    guard let reader = readBIO(session), let writer = writeBIO(session), let bare = socketBIO(socket, 0) else {
      return .surplus
    }
    // Setting a BIO takes over one reference and releases that of the previous BIO.
    for bio in [reader, writer, bare] { _ = retain(bio) }
    setReadBIO(session, bare)
    setWriteBIO(session, bare)
    clearErrors()
    var byte: UInt8 = 0
    let count = peek(session, &byte, 1)
    let error = lastError(session, count)
    setReadBIO(session, reader)
    setWriteBIO(session, writer)
    clearErrors()
    if count > 0 { return .surplus }
    let wantsMore = error == 2 || error == 3  // SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE
    return wantsMore ? .nothing : .end
  }

  private static func function<Function>(_ name: String) -> Function? {
    dlsym(nil, name).map { unsafeBitCast($0, to: Function.self) }
  }
}
