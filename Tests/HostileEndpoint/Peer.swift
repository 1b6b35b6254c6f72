// The one who is treated badly: what a misbehaviour does its worst to.

import TestSupport

/// A connection, and what a misbehaviour needs to know beside it.
struct Peer {
  let connection: RawConnection
  /// The URL of another endpoint, without a slash at its end.
  let elsewhere: String

  /// The answer that every case hopes for.
  static let good = "{\"ok\":true}"

  func close() { connection.close() }
  func reset() { connection.reset() }

  /// Waits for the peer to give up.
  ///
  /// - Returns: Whether it has, within so many milliseconds.
  @discardableResult
  func wait(atMost milliseconds: Int32 = 600_000) -> Bool { connection.waitForClose(atMost: milliseconds) }

  /// - Returns: Whether the peer is still there.
  @discardableResult
  func send(_ text: String) -> Bool { connection.send(text) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool { connection.send(bytes) }

  /// A whole answer of these lines and this body, its length among them.
  func answer(_ lines: [String] = ["HTTP/1.1 200 OK", "Content-Type: application/json"], _ body: String = good) {
    answer(lines, Array(body.utf8))
  }

  func answer(_ lines: [String], _ body: [UInt8]) {
    send(Array((lines + ["Content-Length: \(body.count)", "", ""]).joined(separator: "\r\n").utf8) + body)
  }

  /// Sends the same again and again, until the peer has had enough.
  func flood(_ text: String) {
    let block = Array(String(repeating: text, count: max(1, 16_384 / text.utf8.count)).utf8)
    while send(block) {}
  }

  /// Sends a text a byte at a time, one a second, until the peer has had enough.
  func trickle(_ text: String) {
    for byte in text.utf8 {
      guard send([byte]), !wait(atMost: 1000) else { return }
    }
    wait()
  }
}
