// What is known of all secrets of a run.

/// The tables in which secrets are looked up by the first eight bytes of each of their forms.
struct SecretTables {
  /// Eight bytes from within a secret.
  struct Block {
    var secret: HeldSecret
    var offset: Int

    /// The part of the secret that the text has around the index, at which it has the block.
    ///
    /// - Parameter free: Where the part can begin at the earliest.
    /// - Returns: The range in the text, and where it begins in the secret.
    func part(in text: UnsafeRawBufferPointer, around index: Int, from free: Int) -> (range: Range<Int>, start: Int) {
      IndexedSecret(secret).withBytes { bytes in
        var start = index, end = index + 8
        while start > free, offset > index - start, text[start - 1] == bytes[offset - (index - start) - 1] {
          start -= 1
        }
        while end < text.count, offset + end - index < bytes.count, text[end] == bytes[offset + end - index] {
          end += 1
        }
        return (start..<end, offset - (index - start))
      }
    }
  }

  /// By the first eight bytes.
  private(set) var index: [UInt64: PrefixIndex] = [:]
  /// The inside of secrets in their plain form, by eight bytes at each eighth position: finds a part without the start.
  private(set) var blocks: [UInt64: Few<Block>] = [:]
  private(set) var retired = RetiredSecrets()
  /// Forms of four to seven bytes.
  private(set) var short: [IndexedSecret] = []
  /// Excludes nearly every position of a text.
  private(set) var filter = BloomFilter()
  /// The length of the longest secret, in bytes.
  private(set) var maxLength = 0

  /// Tokens of one service can have long parts in common; one of them is enough to mask it.
  private static let maxAlike = 4

  mutating func apply(_ change: SecretChange) {
    switch change {
    case .insert(let secret): insert(secret, nil)
    case .relabel(let former, let secret):
      // its parts keep their first label
      if let held = former.held { removeForms(of: held) }
      insert(secret, former.held?.encoded)
    case .remove(let secret): if let held = secret.held { remove(held) }
    case .retire(let secret):
      guard let held = secret.held else { return }
      for form in held.forms {
        if let key = form.key, retired.insert(form, key) { mark(key) }
      }
      remove(held)
    }
  }

  private mutating func insert(_ secret: RegisteredSecret, _ known: EncodedSecret?) {
    let encoded = known ?? EncodedSecret(Array(secret.text.utf8))
    let held = HeldSecret(encoded, label: secret.label, isLeak: secret.isLeak)
    secret.held = held
    maxLength = max(maxLength, secret.text.utf8.count)
    for form in held.forms {
      if let key = form.key {
        index[key, default: PrefixIndex()].insert(form)
        mark(key)
      } else if !short.contains(where: { $0.hasSameBytes(as: form) }) {
        short.append(form)
      }
    }
    for (key, block) in SecretTables.blocks(of: held) where blocks[key]?.count ?? 0 < SecretTables.maxAlike {
      blocks[key, default: Few()].append(block)
      mark(key)
    }
  }

  private mutating func remove(_ secret: HeldSecret) {
    removeForms(of: secret)
    let plain = IndexedSecret(secret)
    for (key, _) in SecretTables.blocks(of: secret) {
      guard let place = blocks.index(forKey: key) else { continue }
      // also those of its former labels
      blocks.values[place].removeAll { $0.secret === secret || IndexedSecret($0.secret).hasSameBytes(as: plain) }
      if blocks.values[place].isEmpty { blocks.remove(at: place) }
    }
  }

  private mutating func removeForms(of secret: HeldSecret) {
    for form in secret.forms {
      guard let key = form.key, let place = index.index(forKey: key) else { continue }
      index.values[place].remove(form)
      if index.values[place].isEmpty { index.remove(at: place) }
    }
  }

  private mutating func mark(_ key: UInt64) {
    if filter.isFull {
      let capacity = index.count + blocks.count + retired.keys.count
      // not both in memory
      filter = BloomFilter()
      filter = BloomFilter(capacity: capacity)
      for key in index.keys { filter.mark(key) }
      for key in blocks.keys { filter.mark(key) }
      retired.keys.forEach { filter.mark($0) }
    }
    filter.mark(key)
  }

  /// The blocks of the plain form.
  private static func blocks(of secret: HeldSecret) -> some Sequence<(key: UInt64, block: Block)> {
    stride(from: 8, through: IndexedSecret(secret).count - 8, by: 8).lazy.map { offset in
      (key(secret.encoded.bytes, at: offset), Block(secret: secret, offset: offset))
    }
  }

  static func key(_ bytes: [UInt8], at index: Int) -> UInt64 {
    bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index, as: UInt64.self) }
  }
}
