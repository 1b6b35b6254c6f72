// What has come of an answer so far: raw header lines and body bytes, held against the limits.

/// Header lines are kept as bytes and read once, when the transfer has ended (`ReceivedHead`).
struct Reception {
  enum Limit { case body, headerBytes, headerCount }

  private enum Place { case statusLine, fields, afterHead }

  /// The lines of the last header block, without interim responses and trailers.
  private(set) var head: [UInt8] = []
  var body: [UInt8] = []
  /// Bytes of all header lines, interim responses and trailers included.
  private(set) var headerBytes = 0
  /// The limit that ended the transfer.
  private(set) var exceeded: Limit?

  /// The transfer is ended by us once the header block is whole, since libcurl would wait for a body.
  private(set) var endsWithHead = false

  /// The statuses of the interim responses that came before the final one.
  private(set) var interim: [Int] = []

  private var headerLines = 0
  private var place = Place.statusLine
  private let options: HTTPClientOptions

  init(_ options: HTTPClientOptions) { self.options = options }

  /// The final header block came whole.
  var isHeadComplete: Bool { place == .afterHead }
  var byteCount: Int { headerBytes + body.count }

  mutating func reset(endingWithHead endsWithHead: Bool = false) {
    self.endsWithHead = endsWithHead
    head.removeAll(keepingCapacity: true)
    body = []
    headerBytes = 0
    headerLines = 0
    interim = []
    exceeded = nil
    place = .statusLine
  }

  /// Takes one whole line. False: the transfer is to end, since a limit is exceeded or no more is wanted.
  mutating func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    headerBytes += line.count
    headerLines += 1
    guard headerBytes <= options.maxHeaderBytes else { return exceed(.headerBytes) }
    let isBlank = line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n")
    switch place {
    case .statusLine:
      place = .fields
    case .fields where isBlank:
      headerLines -= 2  // The status line and this one are no fields.
      if isInterim {
        if interim.count < 16, let status { interim.append(status) }
        head.removeAll(keepingCapacity: true)
        place = .statusLine
        return true
      }
      place = .afterHead
    case .fields: break
    case .afterHead:
      // Trailers: counted, not kept.
      return headerLines <= options.maxHeaders || exceed(.headerCount)
    }
    guard headerLines <= options.maxHeaders + 1 else { return exceed(.headerCount) }
    head.append(contentsOf: line)
    return !(isHeadComplete && endsWithHead)
  }

  /// Takes a piece of the body. False: the body is cut here, the transfer is to end.
  mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let room = options.maxResponseBytes - body.count
    guard bytes.count <= room else {
      body.append(contentsOf: bytes.prefix(room))
      return exceed(.body)
    }
    body.append(contentsOf: bytes)
    return true
  }

  /// The block just ended is a 1xx one, which another follows; 101 is final, since nobody asked for another protocol.
  private var isInterim: Bool { status.map { (100...199).contains($0) && $0 != 101 } ?? false }

  /// The three digits of the status line.
  private var status: Int? {
    guard let space = head.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let digits = head[space...].dropFirst().prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private mutating func exceed(_ limit: Limit) -> Bool {
    exceeded = limit
    return false
  }
}
