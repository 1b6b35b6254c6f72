// The part of a response received so far: raw header lines and body bytes, checked against the limits.

/// Header lines are kept as bytes and read once, when the transfer has ended (`ReceivedHead`).
struct Reception {
  /// Why the transfer is ended early: a limit, or invalid HTTP that libcurl accepts.
  enum Refusal: Equatable {
    case body, headerBytes, headerCount, interimCount
    /// The status line has no version or no status of three digits (RFC 9112 section 4).
    case statusLine
    /// The header line of this number, from 1, is not a header field (RFC 9112 section 5).
    case field(Int)
    /// The end of the body is unknown (RFC 9112 section 6.3); the rest of a sentence about the response.
    case framing(String)
  }

  /// The limit of interim responses before the final one.
  static let maxInterim = 100

  private enum Place { case statusLine, fields, afterHead }

  /// The lines of the last header section, without interim responses and trailers.
  private(set) var head: [UInt8] = []
  var body: [UInt8] = []
  /// Bytes of all header lines, interim responses and trailers included.
  private(set) var headerBytes = 0
  /// The reason for which the transfer was ended early.
  private(set) var refusal: Refusal?
  /// The last header section, parsed as soon as it is complete.
  private(set) var received: ReceivedHead?

  /// The transfer ends with the header section, since libcurl would wait for a body.
  private(set) var endsWithHead = false

  /// The statuses of the interim responses before the final one.
  private(set) var interim: [Int] = []

  /// The header sections of the interim responses, and the trailers.
  private(set) var otherSections: [UInt8] = []

  private var headerLines = 0
  /// No field of the section or of the trailers was received: a folded line has none to continue.
  private var isFirstField = true
  private var place = Place.statusLine
  private let maxHeaderBytes: Int
  private let maxHeaders: Int
  private let maxBytes: Int

  init(_ options: HTTPClientOptions) {
    maxHeaderBytes = options.maxHeaderBytes
    maxHeaders = options.maxHeaders
    maxBytes = options.maxResponseBytes
  }

  /// The final header section is complete.
  var isHeadComplete: Bool { place == .afterHead }
  var byteCount: Int { headerBytes + body.count }

  /// The response must be HTTP/1: no other version was requested.
  private(set) var isVersion1 = false

  mutating func reset(endingWithHead endsWithHead: Bool = false, isVersion1: Bool = false) {
    self.endsWithHead = endsWithHead
    self.isVersion1 = isVersion1
    head.removeAll(keepingCapacity: true)
    body = []
    headerBytes = 0
    headerLines = 0
    interim = []
    otherSections = []
    refusal = nil
    received = nil
    place = .statusLine
  }

  /// Takes one complete line. Returns `false` if the transfer must end: it is refused, or complete.
  mutating func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    headerBytes += line.count
    headerLines += 1
    guard headerBytes <= maxHeaderBytes else { return refuse(.headerBytes) }
    let isBlank = line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n")
    switch place {
    case .statusLine:
      guard HeaderSyntax.isStatusLine(line, isVersion1: isVersion1) else { return refuse(.statusLine) }
      place = .fields
      isFirstField = true
    case .fields where isBlank:
      headerLines -= 2  // The status line and this line are not fields.
      if isInterim {
        guard interim.count < Reception.maxInterim else { return refuse(.interimCount) }
        if let status { interim.append(status) }
        otherSections += head
        head.removeAll(keepingCapacity: true)
        place = .statusLine
        return true
      }
      place = .afterHead
      isFirstField = true
      let head = ReceivedHead(head)
      if let contradiction = head.framingError { return refuse(.framing(contradiction)) }
      received = head
      // No request asks for another protocol; what follows is not HTTP.
      if status == 101 { endsWithHead = true }
    case .fields:
      guard HeaderSyntax.isField(line, first: isFirstField) else { return refuse(.field(headerLines - 1)) }
      isFirstField = false
    case .afterHead:
      guard headerLines <= maxHeaders else { return refuse(.headerCount) }
      if !isBlank { otherSections.append(contentsOf: line) }
      defer { isFirstField = false }
      return isBlank || HeaderSyntax.isField(line, first: isFirstField) || refuse(.field(headerLines))
    }
    guard headerLines <= maxHeaders + 1 else { return refuse(.headerCount) }
    head.append(contentsOf: line)
    return !(isHeadComplete && endsWithHead)
  }

  /// Takes a piece of the body. Returns `false` if the body is cut here and the transfer must end.
  mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let room = maxBytes - body.count
    guard bytes.count <= room else {
      body.append(contentsOf: bytes.prefix(room))
      return refuse(.body)
    }
    body.append(contentsOf: bytes)
    return true
  }

  /// The section is that of an interim response; 101 is final, since no request asks for another protocol.
  private var isInterim: Bool { status.map { (100...199).contains($0) && $0 != 101 } ?? false }

  /// The three digits of the status line.
  private var status: Int? {
    guard let space = head.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let digits = head[space...].dropFirst().prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private mutating func refuse(_ reason: Refusal) -> Bool {
    refusal = reason
    return false
  }
}
