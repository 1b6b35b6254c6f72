// A client that sends raw bytes and reads the responses.

import ConformanceModel
import Dispatch
import Glibc
import HTTPModel
import JSONValue

/// A response, with the interim ones before it.
struct Response: Sendable {
  var interim: [Int] = []
  var status = 0
  var headers: [HeaderField] = []
  var body: [UInt8] = []
  /// Whether the connection ended after the response; only with `readsOn`.
  var isClosed = false

  var text: String { String(decoding: body, as: UTF8.self) }
  var json: JSON? { try? JSON(parsing: body) }
  subscript(member: String) -> JSON? { json?[member] }
  func header(_ name: String) -> String? { headers.first(name) }
}

struct WireError: Error { var call: String }

enum WireClient {
  /// Sends all pieces on one connection and reads `count` responses. It blocks, so it runs on its own thread: the
  /// service under test runs on the threads of the tests.
  static func send(
    _ pieces: [[UInt8]], port: UInt16, responses count: Int = 1, isHead: Bool = false, readsOn: Bool = false
  ) async throws -> [Response] {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue(label: "wire-client").async {
        continuation.resume(with: Result { try exchange(pieces, port, count, isHead, readsOn) })
      }
    }
  }

  private static func exchange(_ pieces: [[UInt8]], _ port: UInt16, _ count: Int, _ isHead: Bool, _ readsOn: Bool)
    throws -> [Response]
  {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    // a service that does not respond fails the test instead of hanging it
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in(
      sin_family: sa_family_t(AF_INET), sin_port: port.bigEndian, sin_addr: in_addr(s_addr: inet_addr("127.0.0.1")),
      sin_zero: (0, 0, 0, 0, 0, 0, 0, 0))
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw WireError(call: "connect") }
    for piece in pieces {
      var rest = piece[...]
      while !rest.isEmpty {
        let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard sent > 0 else { throw WireError(call: "send") }
        rest = rest.dropFirst(sent)
      }
    }
    var reader = WireReader(descriptor: descriptor)
    var responses: [Response] = []
    for _ in 0..<count { responses.append(try reader.response(isHead: isHead)) }
    if readsOn { responses[count - 1].isClosed = !reader.fill() && errno == 0 }
    return responses
  }
}

private struct WireReader {
  let descriptor: Int32
  var buffer: [UInt8] = []

  mutating func response(isHead: Bool) throws -> Response {
    var response = Response()
    while true {
      let head = try head()
      guard let line = head.first, let status = Int(line.split(separator: " ").dropFirst().first ?? "") else {
        throw WireError(call: "status line")
      }
      if status < 200 {
        response.interim.append(status)
        continue
      }
      response.status = status
      response.headers = head.dropFirst().map { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        return HeaderField(String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
      }
      let length = isHead ? 0 : Int(response.header("Content-Length") ?? "0") ?? 0
      while buffer.count < length { guard fill() else { throw WireError(call: "body") } }
      response.body = Array(buffer[..<length])
      buffer.removeFirst(length)
      return response
    }
  }

  private mutating func head() throws -> [String] {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let at = buffer.indices.first(where: { buffer[$0...].starts(with: end) }) {
        defer { buffer.removeFirst(at + 4) }
        return String(decoding: buffer[..<at], as: UTF8.self).split(separator: "\r\n").map(String.init)
      }
      guard fill() else { throw WireError(call: "head") }
    }
  }

  /// Reads once; `false` at the end of the connection, with an `errno` if it did not end properly.
  mutating func fill() -> Bool {
    var room = [UInt8](repeating: 0, count: 65536)
    errno = 0
    let count = recv(descriptor, &room, room.count, 0)
    guard count > 0 else { return false }
    buffer += room[..<count]
    return true
  }
}
