// Forms of secrets that begin alike, and the one of them that a text contains.

/// One form of a secret, and the name that replaces it.
struct IndexedSecret {
  /// What is compared: the form, or the start of a long one.
  var bytes: [UInt8]
  /// The length of the whole form.
  var length: Int
  var label: [UInt8]
  /// Whether a response that shows it leaks it.
  var isLeak: Bool
  private let essence: Int

  init(form: SecretForm, label: [UInt8], isLeak: Bool) {
    bytes = form.bytes
    length = form.length
    self.label = label
    self.isLeak = isLeak
    essence = form.essence
  }

  /// A shorter part of a secret can be in a text by chance.
  static let minPart = 12

  /// Whether a part of the secret is enough to call it shown: at least twelve bytes and a third of what is secret in it.
  func isShown(by part: Range<Int>) -> Bool {
    if part.count == bytes.count { return true }
    let count = part.upperBound - max(part.lowerBound, essence)
    return count >= IndexedSecret.minPart && count * 3 >= bytes.count - essence
  }
}

/// Forms with the same first eight bytes, sorted.
///
/// Credentials and tokens of one service often begin alike, and each case that waits holds some. To compare all of them
/// with each line of the log would take quadratic time. In the order of their bytes, the form that has most in common
/// with a text is next to the position that the text itself would have.
struct PrefixIndex {
  private var sorted: [IndexedSecret] = []

  var isEmpty: Bool { sorted.isEmpty }

  /// Inserts a form; of two with the same bytes the last label is used.
  mutating func insert(_ secret: IndexedSecret) {
    let place = secret.bytes.withUnsafeBytes { self.place(of: $0, 0) }
    if place < sorted.count, sorted[place].bytes == secret.bytes {
      sorted[place] = secret
    } else {
      sorted.insert(secret, at: place)
    }
  }

  mutating func remove(_ bytes: [UInt8]) {
    let place = bytes.withUnsafeBytes { self.place(of: $0, 0) }
    if place < sorted.count, sorted[place].bytes == bytes { sorted.remove(at: place) }
  }

  /// The form that has most in common with the text from the index on, and how many bytes that is.
  func nearest(to text: UnsafeRawBufferPointer, _ index: Int) -> (secret: IndexedSecret, length: Int)? {
    let place = place(of: text, index)
    var best: (place: Int, length: Int)?
    for candidate in [place - 1, place] where sorted.indices.contains(candidate) {
      let length = PrefixIndex.common(sorted[candidate].bytes, text, index)
      if length > best?.length ?? 0 { best = (candidate, length) }
    }
    guard let best else { return nil }
    // a whole secret is better than the start of a longer one, as with a secret without its last character
    var nearest = best.place
    if best.length < sorted[nearest].bytes.count {
      let start = UnsafeRawBufferPointer(rebasing: text[index..<index + best.length])
      let place = self.place(of: start, 0)
      if place < sorted.count, sorted[place].bytes.elementsEqual(start) { return (sorted[place], best.length) }
      // a part of a secret that is itself registered: the text is the start of the whole secret as well
      while nearest + 1 < sorted.count, sorted[nearest + 1].bytes.starts(with: sorted[nearest].bytes) { nearest += 1 }
    }
    return (sorted[nearest], best.length)
  }

  /// A form that the text has from the index on, whole or in part.
  func leaking(in text: UnsafeRawBufferPointer, _ index: Int, atLeast minLength: Int) -> IndexedSecret? {
    let place = place(of: text, index)
    // in both directions from the position of the text, less and less is in common
    for step in [-1, 1] {
      var candidate = step < 0 ? place - 1 : place
      while sorted.indices.contains(candidate) {
        let length = PrefixIndex.common(sorted[candidate].bytes, text, index)
        if length < minLength { break }
        if sorted[candidate].isLeak, sorted[candidate].isShown(by: 0..<length) { return sorted[candidate] }
        candidate += step
      }
    }
    // complete forms that are shorter than that
    for count in 8..<max(8, minLength) where index + count <= text.count {
      let start = UnsafeRawBufferPointer(rebasing: text[index..<index + count])
      let place = self.place(of: start, 0)
      if place < sorted.count, sorted[place].isLeak, sorted[place].bytes.elementsEqual(start) { return sorted[place] }
    }
    return nil
  }

  /// The position that the text from the index on has, or would have, among the forms.
  private func place(of text: UnsafeRawBufferPointer, _ index: Int) -> Int {
    var low = 0, high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      let secret = sorted[middle].bytes
      let length = PrefixIndex.common(secret, text, index)
      let isLess = index + length < text.count && (length == secret.count || secret[length] < text[index + length])
      if isLess { low = middle + 1 } else { high = middle }
    }
    return low
  }

  static func common(_ secret: [UInt8], _ text: UnsafeRawBufferPointer, _ index: Int) -> Int {
    let end = min(secret.count, text.count - index)
    var length = 0
    while length < end, text[index + length] == secret[length] { length += 1 }
    return length
  }
}
