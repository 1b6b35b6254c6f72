// Forms of secrets that begin alike, and the one of them that stands in a text.

/// One form of a secret, and the name that stands in its place.
struct IndexedSecret {
  var bytes: [UInt8]
  var label: [UInt8]
  /// It is only the start of a long secret: the rest is whatever goes on without a break.
  var goesOn = false
}

/// PrefixIndex with the same first eight bytes, in the order of their bytes.
///
/// Credentials and tokens of one service often begin alike, and each case that rests holds some: to look at all of them for each
/// line of the log would take ten thousand cases a hundred times as long as a thousand. What has most in common with a text stands beside
/// the place where the text itself would stand.
struct PrefixIndex {
  private var sorted: [IndexedSecret] = []

  var isEmpty: Bool { sorted.isEmpty }

  /// Takes it in; the last name of the same bytes wins.
  mutating func insert(_ needle: IndexedSecret) {
    let place = needle.bytes.withUnsafeBytes { self.place(of: $0, 0) }
    if place < sorted.count, sorted[place].bytes == needle.bytes {
      sorted[place] = needle
    } else {
      sorted.insert(needle, at: place)
    }
  }

  mutating func remove(_ bytes: [UInt8]) {
    let place = bytes.withUnsafeBytes { self.place(of: $0, 0) }
    if place < sorted.count, sorted[place].bytes == bytes { sorted.remove(at: place) }
  }

  /// The needle that has most in common with the text from the index on, and how much that is.
  func nearest(to text: UnsafeRawBufferPointer, _ index: Int) -> (needle: IndexedSecret, length: Int)? {
    let place = place(of: text, index)
    var best: (needle: IndexedSecret, length: Int)?
    for candidate in [place - 1, place] where sorted.indices.contains(candidate) {
      let length = PrefixIndex.common(sorted[candidate].bytes, text, index)
      if length > best?.length ?? 0 { best = (sorted[candidate], length) }
    }
    return best
  }

  /// A needle that stands in the text from the index on whole, or in a good part: at least so many bytes, and a third of it.
  func leaking(in text: UnsafeRawBufferPointer, _ index: Int, atLeast least: Int) -> IndexedSecret? {
    let place = place(of: text, index)
    // from where the text would stand, less and less is in common in both directions
    for step in [-1, 1] {
      var candidate = step < 0 ? place - 1 : place
      while sorted.indices.contains(candidate) {
        let length = PrefixIndex.common(sorted[candidate].bytes, text, index)
        if length < least { break }
        if length == sorted[candidate].bytes.count || length * 3 >= sorted[candidate].bytes.count {
          return sorted[candidate]
        }
        candidate += step
      }
    }
    // whole ones that are shorter than that
    for count in 8..<max(8, least) where index + count <= text.count {
      let start = UnsafeRawBufferPointer(rebasing: text[index..<index + count])
      let place = self.place(of: start, 0)
      if place < sorted.count, sorted[place].bytes.elementsEqual(start) { return sorted[place] }
    }
    return nil
  }

  /// Where the text from the index on stands, or would stand: before it are those that are less.
  private func place(of text: UnsafeRawBufferPointer, _ index: Int) -> Int {
    var low = 0, high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      let needle = sorted[middle].bytes
      let length = PrefixIndex.common(needle, text, index)
      let isLess = index + length < text.count && (length == needle.count || needle[length] < text[index + length])
      if isLess { low = middle + 1 } else { high = middle }
    }
    return low
  }

  static func common(_ needle: [UInt8], _ text: UnsafeRawBufferPointer, _ index: Int) -> Int {
    let most = min(needle.count, text.count - index)
    var length = 0
    while length < most, text[index + length] == needle[length] { length += 1 }
    return length
  }
}
