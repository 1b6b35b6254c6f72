// Secrets whose cases are over: they are masked to the end of the run, in little memory.

import ConformanceModel

/// Knows a secret by the first eight bytes of each of its forms, and its end by the characters of tokens.
struct RetiredSecrets {
  /// A form with other characters, or a long one: its length, and a hash by which it is recognised.
  private struct Fingerprint: Hashable {
    /// How many bytes the hash is of.
    var hashed: UInt32
    var length: UInt32
    var hash: UInt64
  }

  private(set) var keys = KeySet()
  /// The hashes of whole forms that no response may show, and their lengths.
  private var wholes = KeySet()
  private var lengths: [Int] = []
  private var fingerprints: [UInt64: [Fingerprint]] = [:]

  /// Secrets that begin alike are compared one by one.
  private static let maxAlike = 64
  /// The secrets of one service have few lengths.
  private static let maxLengths = 64

  /// - Parameter key: The first eight bytes of the form.
  /// - Returns: Whether the key is new.
  mutating func insert(_ form: IndexedSecret, _ key: UInt64) -> Bool {
    if form.secret.isLeak, form.outlivesCase { form.withBytes { insertWhole($0) } }
    if !form.isToken, fingerprints[key, default: []].count < RetiredSecrets.maxAlike {
      let fingerprint = Fingerprint(
        hashed: UInt32(clamping: form.count), length: UInt32(clamping: form.length),
        hash: form.withBytes { RetiredSecrets.hash($0) })
      if !fingerprints[key, default: []].contains(fingerprint) { fingerprints[key, default: []].append(fingerprint) }
    }
    return keys.insert(key)
  }

  /// How many bytes from the index on are to be masked, which may be more than the text has; `nil` if no retired secret
  /// begins there.
  ///
  /// - Parameter key: The eight bytes of the text at the index.
  func length(_ key: UInt64, in text: UnsafeRawBufferPointer, at index: Int) -> Int? {
    guard keys.contains(key) else { return nil }
    let length = max(8, TokenCharacters.count(in: text, from: index))
    return (fingerprints[key] ?? []).reduce(length) { length, fingerprint in
      let end = index + Int(fingerprint.hashed)
      guard fingerprint.length > length, end <= text.count,
        RetiredSecrets.hash(UnsafeRawBufferPointer(rebasing: text[index..<end])) == fingerprint.hash
      else { return length }
      return Int(fingerprint.length)
    }
  }

  private mutating func insertWhole(_ bytes: UnsafeRawBufferPointer) {
    if !lengths.contains(bytes.count) {
      guard lengths.count < RetiredSecrets.maxLengths else { return }
      lengths.append(bytes.count)
    }
    _ = wholes.insert(RetiredSecrets.hash(bytes))
  }

  /// Whether a secret that no response may show is at the index, whole.
  ///
  /// - Parameter key: The eight bytes of the text at the index.
  func isShown(_ key: UInt64, in text: UnsafeRawBufferPointer, at index: Int) -> Bool {
    guard keys.contains(key) else { return false }
    return lengths.contains { length in
      index + length <= text.count
        && wholes.contains(RetiredSecrets.hash(UnsafeRawBufferPointer(rebasing: text[index..<index + length])))
    }
  }

  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = FNV1a()
    for byte in bytes { hash.add(byte) }
    return hash.value
  }
}

/// The characters of a bearer token (RFC 6750 section 2.1), and `_` and `%`, with which encodings write others.
enum TokenCharacters {
  static func contain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"),
      UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "%"):
      true
    default: false
    }
  }

  /// How many of them follow each other.
  static func count(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var end = start
    while end < text.count, contain(text[end]) { end += 1 }
    return end - start
  }
}
