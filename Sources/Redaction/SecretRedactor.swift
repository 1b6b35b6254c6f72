// Keeps secrets out of everything that leaves the runner: each line of the run log goes through here once.

import ConformanceModel

/// Replaces secrets, in any of their usual encodings, by a name such as `$ERP_SECRET`.
///
/// A secret is found by its first eight bytes: one pass over the text, however many secrets there are. The lock protects
/// the tables; registering and redacting happen on several threads.
public final class SecretRedactor: Sendable {
  /// Eight bytes from within a secret.
  private struct Block {
    var bytes: [UInt8]
    var offset: Int
    var label: [UInt8]
  }

  /// Of a longer secret only the start is looked for, in bytes: its forms take ten times its memory.
  static let longest = 4096

  private struct Tables {
    /// By the first eight bytes.
    var needles: [UInt64: PrefixIndex] = [:]
    /// What stands within secrets in their plain form, by eight bytes at each eighth place: a part without the start is found by it.
    var blocks: [UInt64: [Block]] = [:]
    /// Plain forms of secrets of cases that are over: known by their first eight bytes alone, to keep memory small.
    var retired: Set<UInt64> = []
    /// What is registered, with its name and forms, so that these are made once.
    var registered: [String: (label: String, forms: [[UInt8]], holders: Set<Int>)] = [:]
    var lastHolder = SecretRedactor.run
    /// Secrets of four to seven bytes.
    var short: [IndexedSecret] = []
    /// Most places of a text are passed over by it.
    var filter = BloomFilter()

    mutating func mark(_ key: UInt64) {
      if filter.isFull { filter = BloomFilter(needles.keys, retired.union(blocks.keys)) }
      filter.mark(key)
    }

    /// - Returns: Whether nobody holds it any more.
    mutating func release(_ secret: String, by holder: Int) -> Bool {
      registered[secret]?.holders.remove(holder)
      return registered[secret]?.holders.isEmpty == true
    }

    /// Takes all forms of a secret out.
    mutating func forget(_ secret: String) {
      let forms = registered.removeValue(forKey: secret)?.forms ?? []
      for form in forms where form.count >= 8 {
        let key = SecretRedactor.key(form, at: 0)
        needles[key]?.remove(form)
        if needles[key]?.isEmpty == true { needles[key] = nil }
      }
      for (key, block) in SecretRedactor.blocks(of: forms, []) {
        blocks[key]?.removeAll { $0.bytes == block.bytes }
        if blocks[key]?.isEmpty == true { blocks[key] = nil }
      }
    }
  }

  private let tables = Locked(Tables())

  public init() {}

  /// Registers a secret; shorter ones than four bytes would redact ordinary text and are left alone.
  ///
  /// - Parameter label: The name that stands in its place, without `$`: `ERP_SECRET`.
  /// - Parameter holder: Who lets go of it again; the run does not.
  public func register(_ secret: String, as label: String, for holder: Int = SecretRedactor.run) {
    let bytes = Array(secret.utf8)
    guard bytes.count >= 4 else { return }
    let known = tables.withLock { tables in
      tables.registered[secret]?.holders.insert(holder)
      return tables.registered[secret]
    }
    guard known?.label != label else { return }
    var start = bytes.prefix(SecretRedactor.longest)[...]
    // a character is not cut
    if start.count < bytes.count { while let last = start.last, last >= 0x80 { start.removeLast() } }
    let forms = known?.forms ?? SecretRedactor.forms(of: Array(start))
    let goesOn = start.count < bytes.count
    let name = label
    let label = Array("$\(label)".utf8)
    tables.withLock { tables in
      tables.registered[secret] = (name, forms, (tables.registered[secret]?.holders ?? []).union([holder]))
      for form in forms {
        let needle = IndexedSecret(bytes: form, label: label, goesOn: goesOn)
        guard form.count >= 8 else {
          if !tables.short.contains(where: { $0.bytes == form }) { tables.short.append(needle) }
          continue
        }
        let key = SecretRedactor.key(form, at: 0)
        // the last name wins: what a step saves is better known by its own name than by the member of an answer
        tables.needles[key, default: PrefixIndex()].insert(needle)
        tables.mark(key)
      }
      for (key, block) in SecretRedactor.blocks(of: forms, label)
      where tables.blocks[key, default: []].count < SecretRedactor.maxAlike {
        tables.blocks[key, default: []].append(block)
        tables.mark(key)
      }
    }
  }

  /// Tokens of one service can have long parts in common; to see one of them is to mask it.
  private static let maxAlike = 4
  /// A shorter part of a secret, without its start, can stand in a text by chance.
  private static let shortestPart = 12

  /// The blocks of the plain form, which is the first.
  private static func blocks(of forms: [[UInt8]], _ label: [UInt8]) -> [(UInt64, Block)] {
    guard let plain = forms.first, plain.count >= 16 else { return [] }
    return stride(from: 8, through: plain.count - 8, by: 8).map {
      (key(plain, at: $0), Block(bytes: plain, offset: $0, label: label))
    }
  }

  /// Whether the secret is registered, under whatever name.
  package func knows(_ secret: String) -> Bool { tables.withLock { $0.registered[secret] != nil } }

  /// A holder that is not the run: a case.
  package func newHolder() -> Int {
    tables.withLock { tables in
      tables.lastHolder += 1
      return tables.lastHolder
    }
  }

  /// The holder of what is kept to the end.
  public static let run = 0

  /// Forgets what was registered as an encoding once nobody holds it: the secret inside it goes on being masked by itself.
  package func forget(encoded: String, by holder: Int) {
    tables.withLock { if $0.release(encoded, by: holder) { $0.forget(encoded) } }
  }

  /// Forgets the encodings of a secret that nobody holds any more, as its cases are over; its plain form goes on being masked.
  ///
  /// Clients that were given share a secret, and some services hand the same token to everyone.
  public func retire(_ secret: String, by holder: Int = SecretRedactor.run) {
    let bytes = Array(secret.utf8)
    guard bytes.count >= 8 else { return }
    tables.withLock { tables in
      guard tables.release(secret, by: holder) else { return }
      tables.forget(secret)
      let key = SecretRedactor.key(bytes, at: 0)
      tables.retired.insert(key)
      tables.mark(key)
    }
  }

  /// The text with every secret replaced.
  ///
  /// - Parameter isJSON: The text is a JSON text, and remains one: what is replaced lies within its strings.
  /// - Parameter behindEscapes: Secrets behind escapes as well, which takes longer.
  public func redact(_ text: [UInt8], isJSON: Bool = false, behindEscapes: Bool = true) -> [UInt8] {
    tables.withLock { tables in
      var clean = SecretRedactor.replace(
        SecretRedactor.foreign(SecretRedactor.places(text, tables, isJSON), text, isJSON), in: text)
      for needle in tables.short {
        clean = SecretRedactor.replace(
          SecretRedactor.foreign(SecretRedactor.places(of: needle, in: clean), clean, isJSON), in: clean)
      }
      guard behindEscapes else { return clean }
      // in windows that overlap, since what is remembered of each byte takes several
      let hidden = stride(from: 0, to: clean.count, by: 1 << 20).flatMap { start in
        SecretRedactor.hidden(
          in: clean[start..<min(clean.count, start + (1 << 20) + 2 * SecretRedactor.longest)], tables)
      }
      return hidden.isEmpty
        ? clean
        : SecretRedactor.replace(
          SecretRedactor.foreign(SecretRedactor.apart(hidden, clean, isJSON), clean, isJSON), in: clean)
    }
  }

  /// Secrets behind escapes. These are undone in layers: a URL in a JSON text in a JSON text.
  private static func hidden(in text: ArraySlice<UInt8>, _ tables: borrowing Tables) -> [Place] {
    guard text.withUnsafeBufferPointer({ EscapeDecoder.hasEscapes($0) }) else { return [] }
    var unescaped = EscapeDecoder(text)
    var hidden: [Place] = []
    while unescaped.undoLayer() {
      for place in places(unescaped.bytes, tables, false) {
        hidden.append(Place(range: unescaped.source(of: place.range), label: place.label))
      }
    }
    return hidden
  }

  /// Places in their order, none inside another, and none across the end of a JSON string.
  private static func apart(_ places: [Place], _ text: [UInt8], _ isJSON: Bool) -> [Place] {
    var result: [Place] = []
    for place in places.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      let start = max(place.range.lowerBound, result.last?.range.upperBound ?? 0)
      guard start < place.range.upperBound else { continue }
      let range =
        isJSON ? JSONStringRange.whole(start..<place.range.upperBound, in: text) : start..<place.range.upperBound
      if !range.isEmpty { result.append(Place(range: range, label: place.label)) }
    }
    return result
  }

  /// Where a secret of a case under way stands in the text, whole or in a good part: at least twelve bytes and a third of it.
  ///
  /// Less than that can stand there by chance: secrets of one service often begin alike, and pages show their first letters.
  package func leak(in text: [UInt8]) -> (offset: Int, label: String)? {
    guard text.count >= 8 else { return nil }
    return tables.withLock { tables in
      text.withUnsafeBytes { raw in
        for index in 0...raw.count - 8 {
          let key = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          guard tables.filter.mayHold(key), let needles = tables.needles[key] else { continue }
          if let needle = needles.leaking(in: raw, index, atLeast: 12) {
            return (index, String(decoding: needle.label, as: UTF8.self))
          }
        }
        return nil
      }
    }
  }

  public func redact(_ text: String) -> String { String(decoding: redact(Array(text.utf8)), as: UTF8.self) }

  // MARK: -

  /// A secret in a text.
  private struct Place {
    var range: Range<Int>
    var label: [UInt8]
  }

  /// All secrets of eight bytes or more in a text, in their order.
  private static func places(_ text: [UInt8], _ tables: borrowing Tables, _ isJSON: Bool) -> [Place] {
    guard text.count >= 8 else { return [] }
    var places: [Place] = []
    text.withUnsafeBytes { raw in
      var index = 0
      var free = 0
      while index + 8 <= raw.count {
        let key = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        guard tables.filter.mayHold(key), var place = found(key, raw, index, free, tables) else {
          index += 1
          continue
        }
        if isJSON { place.range = JSONStringRange.whole(place.range, in: text) }
        guard !place.range.isEmpty else {
          index += 1
          continue
        }
        places.append(place)
        index = max(index + 1, place.range.upperBound)
        free = place.range.upperBound
      }
    }
    return places
  }

  private static func replace(_ places: [Place], in text: [UInt8]) -> [UInt8] {
    guard !places.isEmpty else { return text }
    var result: [UInt8] = []
    var copied = 0
    for place in places {
      result += text[copied..<place.range.lowerBound]
      result += place.label
      copied = place.range.upperBound
    }
    return result + text[copied...]
  }

  /// A secret that starts here: the longest form that stands here whole, else as much of one as does; or a part of one, around here.
  private static func found(
    _ key: UInt64, _ raw: UnsafeRawBufferPointer, _ index: Int, _ free: Int, _ tables: borrowing Tables
  ) -> Place? {
    if let (needle, length) = tables.needles[key]?.nearest(to: raw, index) {
      let goesOn = needle.goesOn && length == needle.bytes.count
      return Place(range: index..<index + length + (goesOn ? rest(raw, index + length) : 0), label: needle.label)
    }
    if tables.retired.contains(key) {
      return Place(range: index..<index + max(8, rest(raw, index)), label: Array("***".utf8))
    }
    for block in tables.blocks[key] ?? [] {
      var start = index, end = index + 8
      while start > free, block.offset > index - start,
        raw[start - 1] == block.bytes[block.offset - (index - start) - 1]
      { start -= 1 }
      while end < raw.count, block.offset + end - index < block.bytes.count,
        raw[end] == block.bytes[block.offset + end - index]
      { end += 1 }
      if end - start >= shortestPart { return Place(range: start..<end, label: block.label) }
    }
    return nil
  }

  /// How far a secret goes on that is not known to its end.
  private static func rest(_ raw: UnsafeRawBufferPointer, _ start: Int) -> Int {
    var end = start
    while end < raw.count, isTokenCharacter(raw[end]) { end += 1 }
    return end - start
  }

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-._~+/=%".utf8.contains(byte)
    }
  }

  /// Without those in what is the harness's own in a line of its log.
  private static func foreign(_ places: [Place], _ text: [UInt8], _ isJSON: Bool) -> [Place] {
    guard isJSON, !places.isEmpty else { return places }
    var words = ProtectedFields(text)
    return places.filter { !words.areLeft(at: $0.range.lowerBound) }
  }

  private static func places(of needle: IndexedSecret, in text: [UInt8]) -> [Place] {
    var places: [Place] = []
    var index = 0
    while let start = text[index...].firstIndex(of: needle.bytes[0]) {
      let isFound = text[start...].starts(with: needle.bytes)
      if isFound { places.append(Place(range: start..<start + needle.bytes.count, label: needle.label)) }
      index = start + (isFound ? needle.bytes.count : 1)
    }
    return places
  }

  private static func key(_ bytes: [UInt8], at index: Int) -> UInt64 {
    bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index, as: UInt64.self) }
  }
}
