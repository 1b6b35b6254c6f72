// Suggests the nearest known word: "did you mean".

package enum Suggestion {
  /// `; did you mean 'expect'?`, or the known words if none is near and there are few.
  package static func text(for word: String, among known: [String]) -> String {
    if let near = nearest(to: word, among: known) { return "; did you mean '\(near)'?" }
    guard !known.isEmpty, known.count <= 32 else { return "" }
    return "; expected one of: \(known.joined(separator: ", "))"
  }

  package static func nearest(to word: String, among known: [String]) -> String? {
    guard word.count <= 60 else { return nil }
    let scored = known.map { ($0, distance(word.lowercased(), $0.lowercased())) }
    guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= max(1, min(3, word.count / 3)) else { return nil }
    return best.0
  }

  /// The Levenshtein distance, with a swap of two neighbours counted as one edit.
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a), b = Array(b)
    var before: [Int] = []
    var previous = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(row[j] + 1, previous[j + 1] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
        row.append(best)
      }
      before = previous
      previous = row
    }
    return previous[b.count]
  }
}
