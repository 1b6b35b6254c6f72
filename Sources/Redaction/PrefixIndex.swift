// Forms of secrets that begin alike, and the one of them that a text contains.

/// Forms with the same first eight bytes, sorted.
///
/// Credentials and tokens of one service often begin alike, and each case that waits holds some. To compare all of them
/// with each line of the log would take quadratic time. In the order of their bytes, the form that has most in common
/// with a text is next to the position that the text itself would have.
struct PrefixIndex {
  private var sorted = Few<IndexedSecret>()

  /// So many are looked at one by one.
  private static let few = 4

  var isEmpty: Bool { sorted.isEmpty }

  /// Inserts a form, before those of other secrets with the same bytes: the last label is used.
  mutating func insert(_ form: IndexedSecret) {
    sorted.insert(form, at: sorted.isEmpty ? 0 : form.withBytes { place(of: $0, 0) })
  }

  /// Removes a form; all of its secret are removed together.
  mutating func remove(_ form: IndexedSecret) {
    guard sorted.count > PrefixIndex.few else { return sorted.removeAll { $0.secret === form.secret } }
    var place = form.withBytes { self.place(of: $0, 0) }
    while place < sorted.count, sorted[place].secret !== form.secret {
      guard sorted[place].hasSameBytes(as: form) else { return }
      place += 1
    }
    if place < sorted.count { sorted.remove(at: place) }
  }

  /// The form that has most in common with the text from the index on, and how many bytes that is.
  func nearest(to text: UnsafeRawBufferPointer, _ index: Int) -> (secret: IndexedSecret, length: Int)? {
    let place = place(of: text, index)
    var best: (place: Int, length: Int)?
    for candidate in [place - 1, place] where sorted.indices.contains(candidate) {
      let length = sorted[candidate].common(text, index)
      if length > best?.length ?? 0 { best = (candidate, length) }
    }
    guard let best else { return nil }
    // a whole secret is better than the start of a longer one, as with a secret without its last character
    var nearest = best.place
    if best.length < sorted[nearest].count {
      let start = UnsafeRawBufferPointer(rebasing: text[index..<index + best.length])
      let place = self.place(of: start, 0)
      if place < sorted.count, sorted[place].isSame(as: start) { return (sorted[place], best.length) }
      // a part of a secret that is itself registered: the text is the start of the whole secret as well
      while nearest + 1 < sorted.count, sorted[nearest].withBytes({ sorted[nearest + 1].common($0, 0) == $0.count }) {
        nearest += 1
      }
    }
    while nearest > 0, sorted[nearest - 1].hasSameBytes(as: sorted[nearest]) { nearest -= 1 }
    return (sorted[nearest], best.length)
  }

  /// A form that the text has from the index on, whole or in part.
  func leaking(in text: UnsafeRawBufferPointer, _ index: Int, atLeast minLength: Int) -> IndexedSecret? {
    let place = place(of: text, index)
    // in both directions from the position of the text, less and less is in common
    for step in [-1, 1] {
      var candidate = step < 0 ? place - 1 : place
      while sorted.indices.contains(candidate) {
        let length = sorted[candidate].common(text, index)
        if length < minLength { break }
        if sorted[candidate].secret.isLeak, sorted[candidate].isShown(by: 0..<length) { return sorted[candidate] }
        candidate += step
      }
    }
    // complete forms that are shorter than that
    for count in 8..<max(8, minLength) where index + count <= text.count {
      let start = UnsafeRawBufferPointer(rebasing: text[index..<index + count])
      let place = self.place(of: start, 0)
      if place < sorted.count, sorted[place].secret.isLeak, sorted[place].isSame(as: start) { return sorted[place] }
    }
    return nil
  }

  /// The position that the text from the index on has, or would have, among the forms.
  private func place(of text: UnsafeRawBufferPointer, _ index: Int) -> Int {
    var low = 0, high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle].isLess(than: text, index) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
