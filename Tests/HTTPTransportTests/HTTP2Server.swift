// As much of an HTTP/2 server as the tests need: it reads frames and sends frames, right or wrong.

import TestSupport

/// One frame (RFC 9113 section 4.1).
struct Frame {
  enum Kind: UInt8 { case data, headers, priority, reset, settings, push, ping, goAway, windowUpdate, continuation }

  static let endStream: UInt8 = 1
  static let endHeaders: UInt8 = 4

  var kind: UInt8
  var flags: UInt8
  var stream: Int
  var payload: [UInt8]

  init(_ kind: Kind, flags: UInt8 = 0, stream: Int = 0, _ payload: [UInt8] = []) {
    self.kind = kind.rawValue
    self.flags = flags
    self.stream = stream
    self.payload = payload
  }

  var bytes: [UInt8] {
    Frame.number(payload.count, 3) + [kind, flags] + Frame.number(stream, 4) + payload
  }

  static func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> ((size - 1 - $0) * 8)) }
  }

  /// A header section: a status, and fields as literals without indexing (RFC 7541 section 6.2.2).
  static func response(_ stream: Int, status: String = "200", _ fields: [(String, String)], ends: Bool = false) -> Frame
  {
    let section = [(":status", status)] + fields
    var block: [UInt8] = []
    for (name, value) in section {
      block += [0, UInt8(name.utf8.count)] + Array(name.utf8)
      block += [UInt8(value.utf8.count)] + Array(value.utf8)
    }
    return Frame(.headers, flags: endHeaders | (ends ? endStream : 0), stream: stream, block)
  }

  /// A header section without a status, which ends the stream.
  static func trailers(_ stream: Int, _ fields: [(String, String)]) -> Frame {
    var block: [UInt8] = []
    for (name, value) in fields {
      block += [0, UInt8(name.utf8.count)] + Array(name.utf8)
      block += [UInt8(value.utf8.count)] + Array(value.utf8)
    }
    return Frame(.headers, flags: endHeaders | endStream, stream: stream, block)
  }

  static func data(_ stream: Int, _ text: String, ends: Bool = true) -> Frame {
    Frame(.data, flags: ends ? endStream : 0, stream: stream, Array(text.utf8))
  }
}

extension RawServer {
  /// A server of HTTP/2 by prior knowledge, which calls the handler with the stream of each header section.
  static func http2(_ handler: @escaping @Sendable (Int, RawConnection) -> Void) throws -> RawServer {
    try RawServer(on: .connection) { _, connection in
      guard connection.read(24) != nil else { return }  // the preface, RFC 9113 section 3.4
      connection.send(Frame(.settings).bytes)
      while let head = connection.read(9),
        let payload = connection.read(Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2]))
      {
        let stream = head[5...].reduce(0) { $0 << 8 | Int($1) }
        switch Frame.Kind(rawValue: head[3]) {
        case .settings where head[4] & 1 == 0: connection.send(Frame(.settings, flags: 1).bytes)
        case .ping where head[4] & 1 == 0: connection.send(Frame(.ping, flags: 1, payload).bytes)
        case .headers: handler(stream, connection)
        default: break
        }
      }
    }
  }
}
