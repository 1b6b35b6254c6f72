// The secrets in which a text is searched, and their forms.

/// A secret that is held, in its encodings, and the name that replaces it.
final class HeldSecret: Sendable {
  let encoded: EncodedSecret
  /// What replaces it in a text: its label after `$`.
  let replacement: [UInt8]
  let label: String
  /// Whether a response that shows it leaks it.
  let isLeak: Bool

  init(_ encoded: EncodedSecret, label: String, isLeak: Bool) {
    self.encoded = encoded
    self.label = label
    self.isLeak = isLeak
    replacement = Array("$\(label)".utf8)
  }

  var forms: some Sequence<IndexedSecret> {
    encoded.forms.indices.lazy.map { IndexedSecret(self, form: $0) }
  }
}

/// One form of a secret.
struct IndexedSecret {
  let secret: HeldSecret
  /// Its number among the forms.
  let form: Int

  /// The plain form.
  init(_ secret: HeldSecret) { self.init(secret, form: 0) }

  init(_ secret: HeldSecret, form: Int) {
    self.secret = secret
    self.form = form
  }

  private var range: Range<Int> { secret.encoded.forms[form].range }

  /// How many bytes are compared: those of the form, or of the start of a long one.
  var count: Int { range.count }

  /// The length of the whole form.
  var length: Int { secret.encoded.forms[form].length }

  /// The first eight bytes; `nil` if it is shorter.
  var key: UInt64? { count >= 8 ? SecretTables.key(secret.encoded.bytes, at: range.lowerBound) : nil }

  /// Whether it is recognised as a whole after its last case, too.
  var outlivesCase: Bool { secret.encoded.forms[form].outlivesCase }

  /// Whether it ends where the characters of tokens end.
  var isToken: Bool { secret.encoded.forms[form].isToken && length == count }

  /// What is compared.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    secret.encoded.bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// A shorter part of a secret can be in a text by chance.
  static let minPart = 12

  /// Whether a part of the secret is enough to call it shown: at least twelve bytes and a third of what is secret in it.
  func isShown(by part: Range<Int>) -> Bool {
    if part.count == count { return true }
    let essence = form == 0 ? secret.encoded.essence : 0
    let shown = part.upperBound - max(part.lowerBound, essence)
    return shown >= IndexedSecret.minPart && shown * 3 >= count - essence
  }

  /// How many bytes it has in common with a text from an index on.
  func common(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int {
    withBytes { bytes in
      let end = min(bytes.count, text.count - index)
      var length = 0
      // credentials of one client have much in common
      while length + 8 <= end {
        let difference =
          bytes.loadUnaligned(fromByteOffset: length, as: UInt64.self)
          ^ text.loadUnaligned(fromByteOffset: index + length, as: UInt64.self)
        if difference != 0 { return length + difference.littleEndian.trailingZeroBitCount / 8 }
        length += 8
      }
      while length < end, text[index + length] == bytes[length] { length += 1 }
      return length
    }
  }

  func hasSameBytes(as other: IndexedSecret) -> Bool { other.withBytes(isSame) }

  func isSame(as text: UnsafeRawBufferPointer) -> Bool { text.count == count && common(text, 0) == count }

  /// Whether the form is before the text from the index on.
  func isLess(than text: UnsafeRawBufferPointer, _ index: Int) -> Bool {
    let length = common(text, index)
    guard index + length < text.count else { return false }
    return withBytes { length == $0.count || $0[length] < text[index + length] }
  }
}
