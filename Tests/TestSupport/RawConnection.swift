// One connection of a `RawServer`.

import ConformanceModel
import Glibc

/// Reading belongs to the connection's thread, which is the one the handler runs on; `close` may come from anywhere.
///
/// `@unchecked Sendable` is sound: `buffer` and `requestCount` are touched only by that thread, the rest is constant.
public final class RawConnection: @unchecked Sendable {
  /// Counted from 1, in the order of acceptance.
  public let number: Int
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var requestCount = 0

  init(_ descriptor: Int32, number: Int) {
    self.descriptor = descriptor
    self.number = number
  }

  deinit { Glibc.close(descriptor) }

  /// Sends text as UTF-8.
  ///
  /// - Returns: `false` if the peer has closed the connection.
  @discardableResult
  public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Sends bytes.
  ///
  /// - Returns: `false` if the peer has closed the connection.
  @discardableResult
  public func send(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress
        let count = Glibc.send(descriptor, start, rest.count, Int32(MSG_NOSIGNAL))
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }

  /// Sends a 200 with this text and its length.
  public func respond(_ text: String = "") {
    send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
  }

  /// Ends the connection in both directions; sent bytes still arrive, unless unread bytes make it a reset.
  public func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Ends the connection with a reset, which discards bytes under way.
  public func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    // Dissolving the association sends the reset and keeps the descriptor.
    var nowhere = sockaddr()
    nowhere.sa_family = sa_family_t(AF_UNSPEC)
    connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
  }

  /// Returns when the peer has closed the connection or the server is closed; discards received bytes.
  public func waitForClose() {
    repeat { buffer.removeAll(keepingCapacity: true) } while fill()
  }

  /// Waits until the peer closes the connection, but no longer than this many milliseconds.
  ///
  /// - Returns: Whether it is closed.
  public func waitForClose(atMost milliseconds: Int32) -> Bool {
    // POLLRDHUP, which glibc declares for GNU sources only.
    var wanted = pollfd(fd: descriptor, events: 0x2000, revents: 0)
    return poll(&wanted, 1, milliseconds) > 0
  }

  /// Reads this many bytes.
  ///
  /// - Returns: `nil` at the end of the connection.
  public func read(_ count: Int) -> [UInt8]? {
    while buffer.count < count { guard fill() else { return nil } }
    defer { buffer.removeFirst(count) }
    return Array(buffer.prefix(count))
  }

  /// The next request, or nil when the connection is at its end.
  func readRequest(withBody: Bool) -> RawRequest? {
    guard let headLength = readUntil("\r\n\r\n", from: 0) else { return nil }
    requestCount += 1
    let head = String(decoding: buffer[..<headLength], as: UTF8.self)
    buffer.removeFirst(headLength)
    var request = RawRequest(head: head, body: [], number: requestCount, connection: number)
    guard withBody else { return request }
    guard let bodyLength = readBody(head.lowercased()) else { return nil }
    request.body = Array(buffer[..<bodyLength])
    buffer.removeFirst(bodyLength)
    return request
  }

  /// Reads the whole body into the buffer; its length on the wire, or nil if the connection ends before.
  private func readBody(_ head: String) -> Int? {
    let lines = head.split(separator: "\r\n")
    if lines.contains(where: { $0.hasPrefix("transfer-encoding:") && $0.hasSuffix("chunked") }) { return readChunks() }
    let length =
      lines.first { $0.hasPrefix("content-length:") }.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
    while buffer.count < length { guard fill() else { return nil } }
    return length
  }

  private func readChunks() -> Int? {
    var position = 0
    while let lineEnd = readUntil("\r\n", from: position) {
      guard let size = Int(String(decoding: buffer[position..<(lineEnd - 2)], as: UTF8.self), radix: 16) else {
        return nil
      }
      position = lineEnd + size + 2
      while buffer.count < position { guard fill() else { return nil } }
      if size == 0 { return position }
    }
    return nil
  }

  /// The position after the next occurrence of `mark`, reading as much as it takes.
  private func readUntil(_ mark: StaticString, from start: Int) -> Int? {
    let mark = mark.withUTF8Buffer { Array($0) }
    var position = start
    while true {
      while position + mark.count <= buffer.count {
        if buffer[position..<(position + mark.count)].elementsEqual(mark) { return position + mark.count }
        position += 1
      }
      guard fill() else { return nil }
    }
  }

  /// Reads once; false at the end of the connection.
  private func fill() -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 65536, alignment: 1) { room in
      var count = recv(descriptor, room.baseAddress, room.count, 0)
      while count < 0, errno == EINTR { count = recv(descriptor, room.baseAddress, room.count, 0) }
      guard count > 0 else { return false }
      buffer.append(contentsOf: room.prefix(count))
      return true
    }
  }
}
