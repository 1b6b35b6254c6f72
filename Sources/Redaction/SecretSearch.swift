// Finds secrets in a text, and replaces them.

/// One search with the tables as they are.
struct SecretSearch {
  let tables: SecretTables
  /// The text is JSON and has to stay JSON.
  let isJSON: Bool

  /// A secret in a text.
  fileprivate struct Match {
    var range: Range<Int>
    var label: [UInt8]
    /// How many bytes of the secret are behind the end of the text.
    var missing = 0
  }

  func redact(_ text: [UInt8]) -> [UInt8] {
    var matches = matches(in: text, isJSON: isJSON)
    // an escaped secret can begin like a plain one: both are found in the same text, and joined
    let hidden = matchesBehindEscapes(in: text)
    if !hidden.isEmpty { matches = joined(matches + hidden, text) }
    var clean = replace(matches, in: text)
    for secret in tables.short { clean = replace(SecretSearch.matches(of: secret, in: clean), in: clean) }
    return clean
  }

  func leak(in text: [UInt8]) -> (offset: Int, label: String)? {
    let plain = plainLeak(in: text)
    // with its escapes decoded, a part of a secret can be the whole
    guard let leak = plain?.isPart == false ? plain : hiddenLeak(in: text) ?? plain else { return nil }
    return (leak.offset, leak.label)
  }

  private struct Leak {
    var offset: Int
    var label: String
    /// The text has a part of the secret without its start.
    var isPart = false
  }

  /// A reader of the text decodes its escapes, so a secret behind them is shown as well.
  private func hiddenLeak(in text: [UInt8]) -> Leak? {
    guard text.withUnsafeBufferPointer({ EscapeDecoder.hasEscapes($0) }) else { return nil }
    let overlap = EscapeDecoder.maxEscape * min(tables.maxLength, EncodedSecret.maxCompared)
    let size = max(1 << 20, 4 * overlap)
    var part: Leak?
    for start in stride(from: 0, to: text.count, by: size) {
      var decoder = EscapeDecoder(text[start..<min(text.count, start + size + overlap)])
      while decoder.decodeLayer() {
        guard var found = plainLeak(in: decoder.bytes) else { continue }
        found.offset = decoder.source(of: found.offset..<found.offset + 1).lowerBound
        guard found.isPart else { return found }
        part = part ?? found
      }
    }
    return part
  }

  private func plainLeak(in text: [UInt8]) -> Leak? {
    guard text.count >= 8 else { return nil }
    return text.withUnsafeBytes { raw in
      var part: Leak?
      var next = 0
      while let index = tables.filter.firstHit(in: raw, from: next) {
        next = index + 1
        let key = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if let label = leak(key, raw, index) { return Leak(offset: index, label: label) }
        if part == nil { part = partialLeak(key, raw, index) }
      }
      return part
    }
  }

  /// The label of the secret that begins at the index, or is there whole if it is one of a former case.
  private func leak(_ key: UInt64, _ raw: UnsafeRawBufferPointer, _ index: Int) -> String? {
    if let secret = tables.index[key]?.leaking(in: raw, index, atLeast: IndexedSecret.minPart) {
      return "$\(secret.secret.label)"
    }
    return tables.retired.isShown(key, in: raw, at: index) ? SecretRedactor.labelOfRetired : nil
  }

  /// The part of a secret around the index.
  private func partialLeak(_ key: UInt64, _ raw: UnsafeRawBufferPointer, _ index: Int) -> Leak? {
    for block in tables.blocks[key] ?? Few() where block.secret.isLeak {
      let (range, start) = block.part(in: raw, around: index, from: 0)
      guard IndexedSecret(block.secret).isShown(by: start..<start + range.count) else { continue }
      return Leak(offset: range.lowerBound, label: "$\(block.secret.label)", isPart: true)
    }
    return nil
  }

  // MARK: - Secrets as they are

  /// All secrets of eight bytes or more in a text, in their order.
  private func matches(in text: [UInt8], isJSON: Bool) -> [Match] {
    guard text.count >= 8 else { return [] }
    var matches: [Match] = []
    text.withUnsafeBytes { raw in
      var index = 0
      var free = 0
      while let hit = tables.filter.firstHit(in: raw, from: index) {
        index = hit
        let key = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        guard var match = match(key, raw, index, free) else {
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
      return Match(
        at: index, length: length == secret.count ? secret.length : length, end: raw.count,
        label: secret.secret.replacement)
    }
    if let length = tables.retired.length(key, in: raw, at: index) {
      return Match(at: index, length: length, end: raw.count, label: Array("***".utf8))
    }
    for block in tables.blocks[key] ?? Few() {
      let range = block.part(in: raw, around: index, from: free).range
      if range.count >= IndexedSecret.minPart { return Match(range: range, label: block.secret.replacement) }
    }
    return nil
  }

  private static func matches(of secret: IndexedSecret, in text: [UInt8]) -> [Match] {
    let bytes = secret.withBytes { Array($0) }
    var matches: [Match] = []
    var index = 0
    while let start = text[index...].firstIndex(of: bytes[0]) {
      let isFound = text[start...].starts(with: bytes)
      if isFound { matches.append(Match(range: start..<start + bytes.count, label: secret.secret.replacement)) }
      index = start + (isFound ? bytes.count : 1)
    }
    return matches
  }

  // MARK: - Secrets behind escapes

  /// The text is decoded in windows, since the decoder needs several bytes of memory for each byte. They overlap by what
  /// is compared of a secret; the rest of a longer one is carried into the next window.
  private func matchesBehindEscapes(in text: [UInt8]) -> [Match] {
    let overlap = EscapeDecoder.maxEscape * min(tables.maxLength, EncodedSecret.maxCompared)
    let size = max(1 << 20, 4 * overlap)
    var hidden: [Match] = []
    /// By the number of layers: secrets that were not over at the end of the last window.
    var carried: [Int: Match] = [:]
    for start in stride(from: 0, to: text.count, by: size) {
      let end = min(text.count, start + size + overlap)
      hidden += matchesBehindEscapes(in: text[start..<end], &carried)
    }
    return hidden
  }

  /// Escapes are decoded in layers: a URL in a JSON text in a JSON text.
  private func matchesBehindEscapes(in window: ArraySlice<UInt8>, _ carried: inout [Int: Match]) -> [Match] {
    let hasEscapes = window.withUnsafeBufferPointer { EscapeDecoder.hasEscapes($0) }
    guard hasEscapes || !carried.isEmpty else { return [] }
    var decoder = EscapeDecoder(window)
    var hidden: [Match] = [], open: [Int: Match] = [:]
    func add(_ match: Match, _ layers: Int) {
      hidden.append(Match(range: decoder.source(of: match.range), label: match.label))
      // the end of the window may cut an escape: the next window continues before that
      let last = decoder.index(ofSource: window.endIndex - EscapeDecoder.maxEscape)
      guard match.missing > 0, match.range.lowerBound <= last else { return }
      let place = decoder.source(of: last..<last)
      let missing = match.missing + match.range.upperBound - last
      if missing > open[layers]?.missing ?? 0 {
        open[layers] = Match(range: place, label: match.label, missing: missing)
      }
    }
    var layers = 0
    while decoder.decodeLayer() {
      layers += 1
      for match in matches(in: decoder.bytes, isJSON: false) { add(match, layers) }
      if let match = carried.removeValue(forKey: layers).flatMap({ rest(of: $0, decoder) }) { add(match, layers) }
    }
    // with fewer layers here, the last one is the text of the others
    for (layers, match) in carried { if let match = rest(of: match, decoder) { add(match, layers) } }
    carried = open
    return hidden
  }

  /// The part of a secret that the last window did not have.
  private func rest(of match: Match, _ decoder: EscapeDecoder) -> Match? {
    let start = decoder.index(ofSource: match.range.lowerBound)
    guard start < decoder.bytes.count else { return nil }
    return Match(at: start, length: match.missing, end: decoder.bytes.count, label: match.label)
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

  /// The text with the matches replaced, except in what is conform's own in a line of its log.
  private func replace(_ matches: [Match], in text: [UInt8]) -> [UInt8] {
    guard !matches.isEmpty else { return text }
    var fields = ProtectedFields(text)
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var copied = 0
    for match in matches where !isJSON || !fields.protect(match.range.lowerBound) {
      let range = SecretSearch.wholeCharacters(match.range, in: text)
      // the character before it may end in the last match
      result += text[copied..<max(copied, range.lowerBound)]
      let next = range.upperBound < text.count ? text[range.upperBound] : 0
      result += SecretSearch.isNameCharacter(next) ? SecretSearch.braced(match.label) : match.label
      copied = max(copied, range.upperBound)
    }
    result += text[copied...]
    return result
  }

  /// Two characters can begin with the same bytes: what begins like a secret may end inside of a character, and the rest
  /// of the text must stay UTF-8.
  private static func wholeCharacters(_ range: Range<Int>, in text: [UInt8]) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    for _ in 0..<3 where start > 0 && start < text.count && isContinuation(text[start]) { start -= 1 }
    for _ in 0..<3 where end < text.count && isContinuation(text[end]) { end += 1 }
    return start..<end
  }

  /// The second to fourth byte of a character in UTF-8 (RFC 3629 section 3).
  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

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

extension SecretSearch.Match {
  /// - Parameters:
  ///   - length: Of the secret, which may go on behind the end of the text.
  ///   - end: The length of the text.
  fileprivate init(at index: Int, length: Int, end: Int, label: [UInt8]) {
    let shown = min(end - index, length)
    self.init(range: index..<index + shown, label: label, missing: length - shown)
  }
}
