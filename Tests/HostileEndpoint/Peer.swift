// The client side that a misbehaviour acts on.

import TestSupport

/// A connection, and what else a misbehaviour needs.
struct Peer {
  let connection: RawConnection
  /// The URL of another endpoint, without a slash at its end.
  let elsewhere: String

  /// The response that every case expects.
  static let good = "{\"ok\":true}"

  func close() { connection.close() }
  func reset() { connection.reset() }

  /// Waits until the peer closes the connection.
  ///
  /// - Returns: Whether it has, within so many milliseconds.
  @discardableResult
  func wait(atMost milliseconds: Int32 = 600_000) -> Bool { connection.waitForClose(atMost: milliseconds) }

  /// - Returns: Whether the peer still reads.
  @discardableResult
  func send(_ text: String) -> Bool { connection.send(text) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool { connection.send(bytes) }

  /// Sends a complete response of these lines and this body, with its length.
  func respond(_ lines: [String] = ["HTTP/1.1 200 OK", "Content-Type: application/json"], _ body: String = good) {
    respond(lines, Array(body.utf8))
  }

  func respond(_ lines: [String], _ body: [UInt8]) {
    send(Array((lines + ["Content-Length: \(body.count)", "", ""]).joined(separator: "\r\n").utf8) + body)
  }

  /// Sends the same again and again, until the peer closes the connection.
  func flood(_ text: String) {
    let block = Array(String(repeating: text, count: max(1, 16_384 / text.utf8.count)).utf8)
    while send(block) {}
  }

  /// Sends a text a byte at a time, one a second, until the peer closes the connection.
  func trickle(_ text: String) {
    for byte in text.utf8 {
      guard send([byte]), !wait(atMost: 1000) else { return }
    }
    wait()
  }
}
