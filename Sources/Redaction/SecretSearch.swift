// Finds secrets in a text, and replaces them.

/// One search with the tables as they are.
struct SecretSearch {
  let tables: SecretTables
  /// The text is JSON and has to stay JSON.
  let isJSON: Bool

  /// A secret in a text.
  private struct Match {
    var range: Range<Int>
    var label: [UInt8]
  }

  /// A shorter part of a secret, without its start, can be in a text by chance.
  private static let minPart = 12

  func redact(_ text: [UInt8], behindEscapes: Bool) -> [UInt8] {
    var matches = matches(in: text, isJSON: isJSON)
    if behindEscapes {
      // an escaped secret can begin like a plain one: both are found in the same text, and joined
      let hidden = windows(text.count).flatMap { matchesBehindEscapes(in: text[$0]) }
      if !hidden.isEmpty { matches = joined(matches + hidden, text) }
    }
    var clean = replace(matches, in: text)
    for secret in tables.short { clean = replace(SecretSearch.matches(of: secret, in: clean), in: clean) }
    return clean
  }

  func leak(in text: [UInt8]) -> (offset: Int, label: String)? {
    guard text.count >= 8 else { return nil }
    return text.withUnsafeBytes { raw in
      for index in 0...raw.count - 8 {
        let key = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        guard tables.filter.mayHold(key), let secrets = tables.index[key] else { continue }
        if let secret = secrets.leaking(in: raw, index, atLeast: SecretSearch.minPart) {
          return (index, String(decoding: secret.label, as: UTF8.self))
        }
      }
      return nil
    }
  }

  // MARK: - Secrets as they are

  /// All secrets of eight bytes or more in a text, in their order.
  private func matches(in text: [UInt8], isJSON: Bool) -> [Match] {
    guard text.count >= 8 else { return [] }
    var matches: [Match] = []
    text.withUnsafeBytes { raw in
      var index = 0
      var free = 0
      while index + 8 <= raw.count {
        let key = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        guard tables.filter.mayHold(key), var match = match(key, raw, index, free) else {
          index += 1
          continue
        }
        if isJSON { match.range = JSONStringRange.whole(match.range, in: text) }
        guard !match.range.isEmpty else {
          index += 1
          continue
        }
        matches.append(match)
        index = max(index + 1, match.range.upperBound)
        free = match.range.upperBound
      }
    }
    return matches
  }

  /// The secret that begins at the index: the longest form that is there whole, or else as much of one as is there; or
  /// the part of a secret around the index.
  private func match(_ key: UInt64, _ raw: UnsafeRawBufferPointer, _ index: Int, _ free: Int) -> Match? {
    if let (secret, length) = tables.index[key]?.nearest(to: raw, index) {
      // of a long secret only the start is compared
      let whole = length == secret.bytes.count ? min(raw.count - index, secret.length) : length
      return Match(range: index..<index + whole, label: secret.label)
    }
    if let length = tables.retired.length(key, in: raw, at: index) {
      return Match(range: index..<index + length, label: Array("***".utf8))
    }
    for block in tables.blocks[key] ?? [] {
      var start = index, end = index + 8
      while start > free, block.offset > index - start,
        raw[start - 1] == block.bytes[block.offset - (index - start) - 1]
      { start -= 1 }
      while end < raw.count, block.offset + end - index < block.bytes.count,
        raw[end] == block.bytes[block.offset + end - index]
      { end += 1 }
      if end - start >= SecretSearch.minPart { return Match(range: start..<end, label: block.label) }
    }
    return nil
  }

  private static func matches(of secret: IndexedSecret, in text: [UInt8]) -> [Match] {
    var matches: [Match] = []
    var index = 0
    while let start = text[index...].firstIndex(of: secret.bytes[0]) {
      let isFound = text[start...].starts(with: secret.bytes)
      if isFound { matches.append(Match(range: start..<start + secret.bytes.count, label: secret.label)) }
      index = start + (isFound ? secret.bytes.count : 1)
    }
    return matches
  }

  // MARK: - Secrets behind escapes

  /// Parts of a text that overlap by the length of any secret: the decoder needs several bytes of memory for each byte.
  private func windows(_ count: Int) -> [Range<Int>] {
    let size = max(1 << 20, 4 * EscapeDecoder.maxEscape * tables.maxLength)
    let overlap = EscapeDecoder.maxEscape * tables.maxLength
    return stride(from: 0, to: count, by: size).map { $0..<min(count, $0 + size + overlap) }
  }

  /// Escapes are decoded in layers: a URL in a JSON text in a JSON text.
  private func matchesBehindEscapes(in text: ArraySlice<UInt8>) -> [Match] {
    guard text.withUnsafeBufferPointer({ EscapeDecoder.hasEscapes($0) }) else { return [] }
    var decoder = EscapeDecoder(text)
    var hidden: [Match] = []
    while decoder.decodeLayer() {
      for match in matches(in: decoder.bytes, isJSON: false) {
        hidden.append(Match(range: decoder.source(of: match.range), label: match.label))
      }
    }
    return hidden
  }

  /// Matches in their order. Those that overlap become one, with the label of the longest; none is across the end of a
  /// JSON string.
  private func joined(_ matches: [Match], _ text: [UInt8]) -> [Match] {
    var result: [Match] = []
    var longest = 0
    for match in matches.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      let range = isJSON ? JSONStringRange.whole(match.range, in: text) : match.range
      guard !range.isEmpty else { continue }
      guard let last = result.last, range.lowerBound < last.range.upperBound else {
        result.append(Match(range: range, label: match.label))
        longest = range.count
        continue
      }
      let end = max(last.range.upperBound, range.upperBound)
      let label = range.count > longest ? match.label : last.label
      longest = max(longest, range.count)
      result[result.count - 1] = Match(range: last.range.lowerBound..<end, label: label)
    }
    return result
  }

  // MARK: - Replacing

  /// The text with the matches replaced, except in what is the harness's own in a line of its log.
  private func replace(_ matches: [Match], in text: [UInt8]) -> [UInt8] {
    guard !matches.isEmpty else { return text }
    var fields = ProtectedFields(text)
    var result: [UInt8] = []
    var copied = 0
    for match in matches where !isJSON || !fields.protect(match.range.lowerBound) {
      result += text[copied..<match.range.lowerBound]
      let next = match.range.upperBound < text.count ? text[match.range.upperBound] : 0
      result += SecretSearch.isNameCharacter(next) ? SecretSearch.braced(match.label) : match.label
      copied = match.range.upperBound
    }
    return result + text[copied...]
  }

  /// `${ERP_SECRET}` for `$ERP_SECRET`, if a character of a name follows.
  private static func braced(_ label: [UInt8]) -> [UInt8] {
    label.first == UInt8(ascii: "$") ? Array("${".utf8) + label.dropFirst() + [UInt8(ascii: "}")] : label
  }

  private static func isNameCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x5F: true
    default: false
    }
  }
}
