// What has arrived on a TLS connection of libcurl, as application data and not as a message of TLS itself.

import CCurl
import ConformanceModel
import Glibc
import HTTPModel

/// Confined to the loop thread; `look` is valid until libcurl ends the session.
///
/// In TLS 1.3 an encrypted session ticket looks like a response until it is decrypted (RFC 8446 section 5.2).
final class TLSReader {
  private let session: UnsafeMutableRawPointer?
  /// The records of application data that were read.
  private var recordCount = 0
  private var markedCount = 0
  private var hasAlert = false
  private let isVersion13: Bool

  /// - Parameter session: OpenSSL's session; `nil` if libcurl uses another TLS library.
  init(_ session: UnsafeMutableRawPointer?) {
    self.session = OpenSSL.shared == nil ? nil : session
    isVersion13 = self.session.flatMap { OpenSSL.shared?.version($0) == 0x0304 } ?? false
    if let session = self.session, let library = OpenSSL.shared {
      library.observe(session, observer, Unmanaged.passUnretained(self).toOpaque())
    }
  }

  /// Whether the alert close_notify has arrived (RFC 8446 section 6.1); `nil` without OpenSSL.
  var hasCloseNotification: Bool? { session == nil ? nil : hasAlert }

  /// Notes that all application data up to here belongs to responses.
  func mark() { markedCount = recordCount }

  /// What arrived on an idle connection, once its session has ended. libcurl reads from it as it closes it.
  func lookAtClose(_ socket: curl_socket_t) -> ConnectionAccount.Arrival {
    if session == nil { return lookWithoutLibrary(socket) }
    return recordCount > markedCount ? .surplus : .nothing
  }

  func look(_ socket: curl_socket_t) -> ConnectionAccount.Arrival {
    guard let session, let library = OpenSSL.shared else { return lookWithoutLibrary(socket) }
    if library.pendingCount(session) > 0 { return .surplus }
    var byte: UInt8 = 0
    let count = recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    if count < 0 { return errno == EAGAIN || errno == EINTR ? .nothing : .end }
    return count == 0 ? .end : library.arrival(on: session, socket)
  }

  /// Without the keys, only the type and the length of a record are known: what may be application data counts as such.
  private func lookWithoutLibrary(_ socket: curl_socket_t) -> ConnectionAccount.Arrival {
    withUnsafeTemporaryAllocation(byteCount: 5, alignment: 1) { header in
      let count = recv(socket, header.baseAddress, 5, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
      if count < 0 { return errno == EAGAIN || errno == EINTR ? .nothing : .end }
      // 19 bytes are an encrypted alert of TLS 1.3.
      let isAlert = count == 5 && header[3] == 0 && header[4] == 19
      return count == 0 || header[0] != 23 || isAlert ? .end : .surplus
    }
  }

  fileprivate func received(_ contentType: Int32, _ bytes: UnsafeRawBufferPointer) {
    // level and description of an alert; 0 is close_notify
    if contentType == 21, bytes.count == 2, bytes[1] == 0 { hasAlert = true }
    // The outer type of a record, and since TLS 1.3 the type within its encryption; 23 is application data.
    let wanted: Int32 = isVersion13 ? 0x101 : 0x100
    if contentType == wanted, bytes.first == 23 { recordCount += 1 }
  }
}

private let observer: OpenSSL.Observer = { isWritten, _, contentType, bytes, count, _, context in
  guard isWritten == 0, count > 0, let bytes, let context else { return }
  Unmanaged<TLSReader>.fromOpaque(context).takeUnretainedValue()
    .received(contentType, UnsafeRawBufferPointer(start: bytes, count: count))
}
