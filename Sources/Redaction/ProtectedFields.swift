// The parts of a line of the run log that are conform's own, and stay even if a secret has the same letters.

import Glibc

/// Reads a JSON text from start to end. Numbers, the names of members, and the words by which readers distinguish lines
/// and verdicts do not come from an endpoint; but an endpoint may choose a token such as `verdict`, or one that is the
/// beginning of an instant.
struct ProtectedFields {
  /// In these events `id` is that of a client, which an endpoint chose.
  private static let ofClients = Array(#"{"event":"client-"#.utf8)
  private static let quote = UInt8(ascii: "\""), colon = UInt8(ascii: ":")

  private let text: [UInt8]
  private let isOfClient: Bool
  /// The last string that was read, without its quotes, and the one before it.
  private var string = 0..<0, previous = 0..<0
  /// The index after that string.
  private var next = 0

  init(_ text: [UInt8]) {
    self.text = text
    isOfClient = text.starts(with: ProtectedFields.ofClients)
  }

  /// Whether the text at a position is conform's own. Positions have to ascend.
  mutating func protect(_ place: Int) -> Bool {
    while place >= next, step() {}
    return !string.contains(place) || isOwn
  }

  /// Reads the next string.
  private mutating func step() -> Bool {
    previous = string
    let start = text.withUnsafeBytes { raw in
      guard let base = raw.baseAddress, next < raw.count,
        let found = memchr(base + next, Int32(ProtectedFields.quote), raw.count - next)
      else { return raw.count }
      return base.distance(to: UnsafeRawPointer(found))
    }
    guard start < text.count else {
      (string, next) = (text.count..<text.count, text.count)
      return false
    }
    let end = JSONStringRange.end(from: start + 1, in: text)
    string = start + 1..<end
    next = end + 1
    return true
  }

  /// Whether the last string is the name of a member, or the value of one of conform's own.
  private var isOwn: Bool {
    if next < text.count, text[next] == ProtectedFields.colon { return true }
    let quote = string.lowerBound - 1
    // the string before a value that follows a colon is the name of the value
    return quote > 0 && text[quote - 1] == ProtectedFields.colon && isOwnMember(text[previous])
  }

  private func isOwnMember(_ name: ArraySlice<UInt8>) -> Bool {
    switch String(decoding: name, as: UTF8.self) {
    // words of closed lists, and the names by which cases are identified
    case "event", "verdict", "level", "severity", "kind", "mismatch", "connector", "id", "scenario", "suite", "file",
      "method", "run-id":
      // the first member is the event itself
      !(isOfClient && name.startIndex > 2)
    default: false
    }
  }
}
