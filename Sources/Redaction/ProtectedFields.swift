// What in a line of the run log is the harness's own, and stays as it is even where a secret has the same letters.

/// Goes along a JSON text. Its numbers, the names of its members, and the words by which its readers tell lines and verdicts
/// apart are no endpoint's; an endpoint may still choose a token such as `verdict`, or one that is the beginning of an instant.
struct ProtectedFields {
  /// Members whose values are words of ours, or the names by which cases are found again.
  private static let members: Set<[UInt8]> = Set(
    [
      "event", "verdict", "level", "severity", "kind", "mismatch", "connector", "id", "scenario", "area", "file",
      "method",
    ].map {
      Array($0.utf8)
    })
  /// Here `id` is that of a client, which an endpoint chose.
  private static let ofClients = Array(#"{"event":"client-"#.utf8)
  private static let quote = UInt8(ascii: "\""), colon = UInt8(ascii: ":")

  private let text: [UInt8]
  private let isOfClient: Bool
  /// The string that was come to last, without its quotes.
  private var string = 0..<0
  private var isOwn = true
  /// Behind that string's end.
  private var next = 0

  init(_ text: [UInt8]) {
    self.text = text
    isOfClient = text.starts(with: ProtectedFields.ofClients)
  }

  /// Whether what starts at a place is text from elsewhere. Places have to come in ascending order.
  mutating func areLeft(at place: Int) -> Bool {
    while place >= next, step() {}
    return !(string.contains(place) && !isOwn)
  }

  /// Goes on to the next string.
  private mutating func step() -> Bool {
    let name = isOwn ? string : 0..<0
    guard let start = text[next...].firstIndex(of: ProtectedFields.quote) else {
      (string, next) = (text.count..<text.count, text.count)
      return false
    }
    let isValueOfName = start > 0 && text[start - 1] == ProtectedFields.colon
    let end = JSONStringRange.end(from: start + 1, in: text)
    string = start + 1..<end
    next = end + 1
    let isName = next < text.count && text[next] == ProtectedFields.colon
    isOwn = isName || isValueOfName && isOwnMember(text[name])
    return true
  }

  private func isOwnMember(_ name: ArraySlice<UInt8>) -> Bool {
    // the first member is the event itself
    ProtectedFields.members.contains(Array(name)) && !(isOfClient && name.startIndex > 2)
  }
}
