// What is known of all secrets of a run.

/// The tables in which secrets are looked up by the first eight bytes of each of their forms.
struct SecretTables {
  /// A secret that is held.
  struct Registration {
    var label: String
    var forms: [SecretForm]
    var isLeak: Bool
    /// Few: nearly always one.
    var holders: [Int] = []
  }

  /// Eight bytes from within a secret.
  struct Block {
    var secret: IndexedSecret
    var offset: Int

    /// The part of the secret that the text has around the index, at which it has the block.
    ///
    /// - Parameter free: Where the part can begin at the earliest.
    /// - Returns: The range in the text, and where it begins in the secret.
    func part(in text: UnsafeRawBufferPointer, around index: Int, from free: Int) -> (range: Range<Int>, start: Int) {
      var start = index, end = index + 8
      while start > free, offset > index - start, text[start - 1] == secret.bytes[offset - (index - start) - 1] {
        start -= 1
      }
      while end < text.count, offset + end - index < secret.bytes.count, text[end] == secret.bytes[offset + end - index]
      { end += 1 }
      return (start..<end, offset - (index - start))
    }
  }

  /// By the first eight bytes.
  private(set) var index: [UInt64: PrefixIndex] = [:]
  /// The inside of secrets in their plain form, by eight bytes at each eighth position: finds a part without the start.
  private(set) var blocks: [UInt64: [Block]] = [:]
  private(set) var retired = RetiredSecrets()
  private var registered: [String: Registration] = [:]
  private var lastHolder = SecretRedactor.run
  /// Forms of four to seven bytes.
  private(set) var short: [IndexedSecret] = []
  /// Excludes nearly every position of a text.
  private(set) var filter = BloomFilter()
  /// The length of the longest secret, in bytes.
  private(set) var maxLength = 0

  /// Tokens of one service can have long parts in common; one of them is enough to mask it.
  private static let maxAlike = 4

  mutating func newHolder() -> Int {
    lastHolder += 1
    return lastHolder
  }

  func knows(_ secret: String) -> Bool { registered[secret] != nil }

  /// Adds a holder to a secret that is registered.
  ///
  /// - Returns: Its registration; `nil` if it is not registered.
  mutating func hold(_ secret: String, by holder: Int) -> Registration? {
    guard let known = registered.index(forKey: secret) else { return nil }
    if !registered.values[known].holders.contains(holder) { registered.values[known].holders.append(holder) }
    return registered.values[known]
  }

  mutating func insert(_ secret: String, _ registration: Registration, _ holder: Int) {
    var registration = registration
    registration.holders = registered[secret]?.holders ?? []
    if !registration.holders.contains(holder) { registration.holders.append(holder) }
    registered[secret] = registration
    maxLength = max(maxLength, secret.utf8.count)
    let label = Array("$\(registration.label)".utf8)
    for form in registration.forms {
      let entry = IndexedSecret(form: form, label: label, isLeak: registration.isLeak)
      guard form.bytes.count >= 8 else {
        if !short.contains(where: { $0.bytes == form.bytes }) { short.append(entry) }
        continue
      }
      let key = SecretTables.key(form.bytes, at: 0)
      index[key, default: PrefixIndex()].insert(entry)
      mark(key)
    }
    for (key, plain, offset) in SecretTables.keys(inside: registration.forms)
    where blocks[key]?.count ?? 0 < SecretTables.maxAlike {
      let secret = IndexedSecret(form: plain, label: label, isLeak: registration.isLeak)
      blocks[key, default: []].append(Block(secret: secret, offset: offset))
      mark(key)
    }
  }

  /// - Returns: Whether nothing holds the secret any more.
  mutating func release(_ secret: String, by holder: Int) -> Bool {
    guard let known = registered.index(forKey: secret) else { return false }
    registered.values[known].holders.removeAll { $0 == holder }
    return registered.values[known].holders.isEmpty
  }

  /// Removes all forms of a secret.
  ///
  /// - Returns: The forms.
  @discardableResult
  mutating func remove(_ secret: String) -> [SecretForm] {
    let forms = registered.removeValue(forKey: secret)?.forms ?? []
    for form in forms where form.bytes.count >= 8 {
      guard let place = index.index(forKey: SecretTables.key(form.bytes, at: 0)) else { continue }
      index.values[place].remove(form.bytes)
      if index.values[place].isEmpty { index.remove(at: place) }
    }
    for (key, plain, _) in SecretTables.keys(inside: forms) {
      guard let place = blocks.index(forKey: key) else { continue }
      blocks.values[place].removeAll { $0.secret.bytes == plain.bytes }
      if blocks.values[place].isEmpty { blocks.remove(at: place) }
    }
    return forms
  }

  /// Keeps of a secret only what masks it.
  mutating func retire(_ secret: String) {
    let isLeak = registered[secret]?.isLeak == true
    for form in remove(secret) where form.bytes.count >= 8 {
      let key = SecretTables.key(form.bytes, at: 0)
      if retired.insert(form, key, isLeak: isLeak) { mark(key) }
    }
  }

  private mutating func mark(_ key: UInt64) {
    if filter.isFull {
      var larger = BloomFilter(capacity: index.count + blocks.count + retired.keys.count)
      for key in index.keys { larger.mark(key) }
      for key in blocks.keys { larger.mark(key) }
      retired.keys.forEach { larger.mark($0) }
      filter = larger
    }
    filter.mark(key)
  }

  /// The blocks of the plain form, which is the first: their keys and offsets.
  private static func keys(inside forms: [SecretForm]) -> some Sequence<(key: UInt64, plain: SecretForm, offset: Int)> {
    let plain = forms.first ?? SecretForm(bytes: [], length: 0)
    return stride(from: 8, through: plain.bytes.count - 8, by: 8).lazy.map { (key(plain.bytes, at: $0), plain, $0) }
  }

  static func key(_ bytes: [UInt8], at index: Int) -> UInt64 {
    bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index, as: UInt64.self) }
  }
}
