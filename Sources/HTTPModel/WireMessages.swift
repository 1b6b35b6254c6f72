// HTTP messages in raw form, so that invalid requests can be sent and invalid responses shown.

/// One header field, in the spelling and place in which it was sent or received.
public struct HeaderField: Sendable, Hashable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension [HeaderField] {
  /// All values of the fields with this name, ignoring case (RFC 9110 section 5.1), in order.
  public func values(_ name: String) -> [String] {
    filter { $0.isNamed(name) }.map(\.value)
  }

  /// The first value of the field with this name, ignoring case.
  public func first(_ name: String) -> String? { first { $0.isNamed(name) }?.value }
}

extension HeaderField {
  /// Names are ASCII; only letters have two cases.
  package func isNamed(_ other: String) -> Bool {
    guard name.utf8.count == other.utf8.count else { return false }
    // nearly always written alike
    if name == other { return true }
    func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
    var (name, other) = (name, other)
    return name.withUTF8 { name in
      other.withUTF8 { other in name.indices.allSatisfy { lower(name[$0]) == lower(other[$0]) } }
    }
  }
}

extension HeaderField {
  /// White space inside of a field value (RFC 9110 section 5.6.3).
  public static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// Whether the value has the form of a date (RFC 9110 section 5.6.7): `Wed, 20 Jul 2022 10:03:08 GMT`.
  public var isDate: Bool {
    guard value.utf8.count == HeaderField.datePattern.utf8CodeUnitCount else { return false }
    var text = value
    return text.withUTF8 { text in
      HeaderField.datePattern.withUTF8Buffer { pattern in
        pattern.indices.allSatisfy { index in
          switch pattern[index] {
          case UInt8(ascii: "0"): (0x30...0x39).contains(text[index])
          case UInt8(ascii: "a"): (0x61...0x7A).contains(text[index] | 0x20)
          default: text[index] == pattern[index]
          }
        }
      }
    }
  }

  /// A digit for each `0`, a letter for each `a`.
  private static let datePattern: StaticString = "aaa, 00 aaa 0000 00:00:00 GMT"
}

/// A version of HTTP that a transport uses.
public enum HTTPVersion: String, Sendable, Hashable, CaseIterable {
  /// HTTP/1.1 (RFC 9112).
  case http1 = "1.1"
  /// HTTP/2 (RFC 9113): over TLS if the server agrees to it, else HTTP/1.1; without TLS by prior knowledge.
  case http2 = "2"
}

/// A request to send, byte for byte as far as HTTP allows.
public struct WireRequest: Sendable, Hashable {
  public var method: String
  public var url: String
  public var headers: [HeaderField]
  public var body: [UInt8]?
  /// Send the body with `Transfer-Encoding: chunked` instead of a Content-Length (RFC 9112 section 7.1).
  public var chunked: Bool
  /// `nil` is the certificate of the transport, if it has one.
  public var certificate: ClientCertificate?

  public init(
    method: String = "GET", url: String, headers: [HeaderField] = [], body: [UInt8]? = nil, chunked: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.chunked = chunked
  }
}

/// A response as it was received.
public struct WireResponse: Sendable, Hashable {
  public var status: Int
  /// The protocol version of the status line: "1.0", "1.1", "2".
  public var version: String
  /// The reason phrase of the status line (RFC 9112 section 4); empty in HTTP/2.
  public var reason = ""
  public var headers: [HeaderField]
  public var body: [UInt8]
  /// The body is truncated: it exceeded the size limit or did not arrive completely. `body` is the first part.
  public var isCut: Bool
  /// The statuses of the interim responses before it (RFC 9110 section 15.2).
  public var interim: [Int]
  /// The header sections of the interim responses, and the trailers (RFC 9110 section 6.5), as they were received.
  public var otherSections: [UInt8] = []

  public init(
    status: Int, version: String = "1.1", headers: [HeaderField] = [], body: [UInt8] = [], isCut: Bool = false,
    interim: [Int] = []
  ) {
    self.status = status
    self.version = version
    self.headers = headers
    self.body = body
    self.isCut = isCut
    self.interim = interim
  }
}

/// Durations of one exchange in seconds, each counted from its start, as libcurl measures them.
/// `nil` if the phase did not happen (a reused connection has no DNS, connect and TLS).
public struct Timings: Sendable, Hashable {
  public var dns: Double?
  public var connect: Double?
  public var tls: Double?
  public var firstByte: Double?
  public var total: Double

  public init(
    dns: Double? = nil, connect: Double? = nil, tls: Double? = nil, firstByte: Double? = nil, total: Double = 0
  ) {
    self.dns = dns
    self.connect = connect
    self.tls = tls
    self.firstByte = firstByte
    self.total = total
  }
}
