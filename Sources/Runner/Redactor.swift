// Keeps secrets out of everything that leaves the runner: each line of the run log goes through here once.

import Conformance

/// Replaces secrets, in any of their usual encodings, by a name such as `$ERP_SECRET`.
///
/// A secret is found by its first eight bytes: one pass over the text, however many secrets there are. The lock protects
/// the tables; registering and redacting happen on several threads.
public final class Redactor: Sendable {
  private struct Needle {
    var bytes: [UInt8]
    var label: [UInt8]
    /// It is only the start of a long secret: the rest is whatever goes on without a break.
    var goesOn = false
  }

  /// Of a longer secret only the start is looked for, in bytes: its forms take ten times its memory.
  static let longest = 4096

  private struct Tables {
    /// By the first eight bytes.
    var needles: [UInt64: [Needle]] = [:]
    /// Plain forms of secrets of cases that are over: known by their first eight bytes alone, to keep memory small.
    var retired: Set<UInt64> = []
    /// What is registered, with its name and forms, so that these are made once.
    var registered: [String: (label: String, forms: [[UInt8]])] = [:]
    /// Secrets of four to seven bytes.
    var short: [Needle] = []
    /// Most places of a text are passed over by it.
    var filter = KeyFilter()

    mutating func mark(_ key: UInt64) {
      if filter.isFull { filter = KeyFilter(needles.keys, retired) }
      filter.mark(key)
    }
  }

  private let tables = Locked(Tables())

  public init() {}

  /// Registers a secret; shorter ones than four bytes would redact ordinary text and are left alone.
  ///
  /// - Parameter label: The name that stands in its place, without `$`: `ERP_SECRET`.
  /// - Parameter isEncoded: It is an encoding already, and only looked for as it is.
  public func register(_ secret: String, as label: String, isEncoded: Bool = false) {
    let bytes = Array(secret.utf8)
    guard bytes.count >= 4 else { return }
    let known = tables.withLock { $0.registered[secret] }
    guard known?.label != label else { return }
    var start = bytes.prefix(Redactor.longest)[...]
    // a character is not cut
    if start.count < bytes.count { while let last = start.last, last >= 0x80 { start.removeLast() } }
    let forms = known?.forms ?? (isEncoded ? [Array(start)] : Redactor.forms(of: Array(start)))
    let goesOn = start.count < bytes.count
    let name = label
    let label = Array("$\(label)".utf8)
    tables.withLock { tables in
      tables.registered[secret] = (name, forms)
      for form in forms {
        let needle = Needle(bytes: form, label: label, goesOn: goesOn)
        guard form.count >= 8 else {
          if !tables.short.contains(where: { $0.bytes == form }) { tables.short.append(needle) }
          continue
        }
        let key = Redactor.key(form, at: 0)
        // the last name wins: what a step saves is better known by its own name than by the member of an answer
        tables.needles[key]?.removeAll { $0.bytes == form }
        tables.needles[key, default: []].append(needle)
        tables.mark(key)
      }
    }
  }

  /// Whether the secret is registered, under whatever name.
  func knows(_ secret: String) -> Bool { tables.withLock { $0.registered[secret] != nil } }

  /// Forgets what was registered as an encoding: the secret inside it goes on being masked by itself.
  func forget(encoded: String) {
    let bytes = Array(encoded.utf8)
    guard bytes.count >= 8 else { return }
    tables.withLock { tables in
      tables.registered[encoded] = nil
      let key = Redactor.key(bytes, at: 0)
      tables.needles[key]?.removeAll { $0.bytes == bytes }
      if tables.needles[key]?.isEmpty == true { tables.needles[key] = nil }
    }
  }

  /// Forgets the encodings of a secret whose case is over; its plain form goes on being masked.
  public func retire(_ secret: String) {
    let bytes = Array(secret.utf8)
    guard bytes.count >= 8 else { return }
    tables.withLock { tables in
      let forms = tables.registered.removeValue(forKey: secret)?.forms ?? []
      for form in forms where form.count >= 8 {
        let key = Redactor.key(form, at: 0)
        tables.needles[key]?.removeAll { $0.bytes == form }
        if tables.needles[key]?.isEmpty == true { tables.needles[key] = nil }
      }
      let key = Redactor.key(bytes, at: 0)
      tables.retired.insert(key)
      tables.mark(key)
    }
  }

  /// The text with every secret replaced.
  public func redact(_ text: [UInt8]) -> [UInt8] {
    tables.withLock { tables in
      let once = Redactor.redactLong(text, tables)
      return tables.short.isEmpty ? once : tables.short.reduce(once) { Redactor.replace($1, in: $0) }
    }
  }

  /// Where a secret of a case under way stands in the text, whole or in a good part: at least twelve bytes and a third of it.
  ///
  /// Less than that can stand there by chance: secrets of one service often begin alike, and pages show their first letters.
  func leak(in text: [UInt8]) -> (offset: Int, label: String)? {
    guard text.count >= 8 else { return nil }
    return tables.withLock { tables in
      text.withUnsafeBytes { raw in
        for index in 0...raw.count - 8 {
          let key = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          guard tables.filter.mayHold(key), let needles = tables.needles[key] else { continue }
          for needle in needles {
            let length = Redactor.common(needle.bytes, raw, index)
            if length == needle.bytes.count || (length >= 12 && length * 3 >= needle.bytes.count) {
              return (index, String(decoding: needle.label, as: UTF8.self))
            }
          }
        }
        return nil
      }
    }
  }

  public func redact(_ text: String) -> String { String(decoding: redact(Array(text.utf8)), as: UTF8.self) }

  // MARK: -

  private static func redactLong(_ text: [UInt8], _ tables: borrowing Tables) -> [UInt8] {
    guard text.count >= 8 else { return text }
    var result: [UInt8] = []
    var copied = 0
    text.withUnsafeBytes { raw in
      var index = 0
      while index + 8 <= raw.count {
        let key = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        guard tables.filter.mayHold(key) else {
          index += 1
          continue
        }
        guard let (length, label) = found(key, raw, index, tables) else {
          index += 1
          continue
        }
        result.append(contentsOf: raw[copied..<index])
        result.append(contentsOf: label)
        index += length
        copied = index
      }
      if copied > 0 { result.append(contentsOf: raw[copied...]) }
    }
    return copied > 0 ? result : text
  }

  /// A secret that starts here: the longest form that stands here whole, else as much of one as does.
  private static func found(
    _ key: UInt64, _ raw: UnsafeRawBufferPointer, _ index: Int, _ tables: borrowing Tables
  ) -> (Int, [UInt8])? {
    if let needles = tables.needles[key] {
      var best: (length: Int, label: [UInt8]) = (0, [])
      for needle in needles {
        var length = common(needle.bytes, raw, index)
        if needle.goesOn, length == needle.bytes.count { length += rest(raw, index + length) }
        if length > best.length { best = (length, needle.label) }
      }
      return best.length > 0 ? best : nil
    }
    guard tables.retired.contains(key) else { return nil }
    return (max(8, rest(raw, index)), Array("***".utf8))
  }

  /// How far a secret goes on that is not known to its end.
  private static func rest(_ raw: UnsafeRawBufferPointer, _ start: Int) -> Int {
    var end = start
    while end < raw.count, isTokenCharacter(raw[end]) { end += 1 }
    return end - start
  }

  private static func common(_ needle: [UInt8], _ raw: UnsafeRawBufferPointer, _ index: Int) -> Int {
    var length = 8
    while length < needle.count, index + length < raw.count, raw[index + length] == needle[length] { length += 1 }
    return length
  }

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-._~+/=%".utf8.contains(byte)
    }
  }

  private static func replace(_ needle: Needle, in text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < text.count {
      if text[index...].starts(with: needle.bytes) {
        result += needle.label
        index += needle.bytes.count
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  private static func key(_ bytes: [UInt8], at index: Int) -> UInt64 {
    bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index, as: UInt64.self) }
  }

  /// The ways in which a secret shows itself: as it is, in JSON, in URLs and forms, in hexadecimal, and inside Base64 at each
  /// of the three alignments.
  private static func forms(of bytes: [UInt8]) -> [[UInt8]] {
    var forms = [bytes]
    let secret = String(decoding: bytes, as: UTF8.self)
    let isPlain = bytes.allSatisfy(isUnreserved)
    if !isPlain {
      var json: [UInt8] = []
      JSON.write(secret, to: &json)
      forms.append(Array(json.dropFirst().dropLast()))
      let form = FormEncoding.encode(secret)
      forms.append(Array(form.utf8))
      forms.append(Array(form.replacingPlus.utf8))
    }
    forms.append(hex(bytes, letters: UInt8(ascii: "a")))
    forms.append(hex(bytes, letters: UInt8(ascii: "A")))
    for shift in 0..<3 {
      let encoded = Base64.encoded([UInt8](repeating: 0, count: shift) + bytes)
      // only the characters that the secret alone determines
      let core = encoded[[0, 2, 3][shift]..<((shift + bytes.count) * 8 / 6)]
      guard core.count >= 8 else { continue }
      forms.append(Array(core))
      let url = core.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }
      if !core.elementsEqual(url) { forms.append(url) }
    }
    return forms
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
    default: false
    }
  }

  private static func hex(_ bytes: [UInt8], letters: UInt8) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(2 * bytes.count)
    func append(_ digit: UInt8) { result.append(digit < 10 ? UInt8(ascii: "0") + digit : letters + digit - 10) }
    for byte in bytes {
      append(byte >> 4)
      append(byte & 15)
    }
    return result
  }
}

extension String {
  /// `+` as `%20`: the other way to write a space in a URL.
  fileprivate var replacingPlus: String { split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%20") }
}
