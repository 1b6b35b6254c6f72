// Makes nearly valid inputs from valid ones.

import ConformanceModel
import TestSupport

struct Mutator {
  let corpus: [[UInt8]]
  let tokens: [String]
  let structure: Structure
  var generator: SplitMix

  /// The maximum size of an input in bytes; larger ones cost time and find nothing more.
  static let maxBytes = 256 << 10

  /// An input of the corpus with one to eight mutations.
  mutating func next() -> [UInt8] {
    var bytes = corpus.isEmpty ? [] : corpus[below(corpus.count)]
    for _ in 0...below(below(4) == 0 ? 8 : 2) {
      mutate(&bytes)
      if bytes.count > Mutator.maxBytes { bytes.removeLast(bytes.count - Mutator.maxBytes) }
    }
    return bytes
  }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    switch structure {
    case .yaml where below(2) == 0: mutateYAML(&bytes)
    case .json where below(2) == 0: mutateJSON(&bytes)
    case .xml where below(2) == 0: mutateXML(&bytes)
    case .jsonLines where below(3) > 0: mutateJSONLine(&bytes)
    default: below(3) == 0 ? mutateLines(&bytes) : mutateBytes(&bytes)
    }
  }

  private mutating func mutateBytes(_ bytes: inout [UInt8]) {
    let place = below(bytes.count + 1)
    switch below(10) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(below(8))
    case 1 where place < bytes.count: bytes[place] = UInt8(below(256))
    case 2: bytes.insert(UInt8(below(256)), at: place)
    case 3: bytes.removeSubrange(place..<end(bytes, place))
    case 4: bytes.insert(contentsOf: bytes[place..<end(bytes, place)], at: below(bytes.count + 1))
    case 5: bytes.removeSubrange(place...)
    case 6: splice(&bytes, at: place)
    case 7: replaceNumber(&bytes, from: place)
    default: bytes.insert(contentsOf: token(), at: place)
    }
  }

  /// Replaces the rest of the input with the rest of another one.
  private mutating func splice(_ bytes: inout [UInt8], at place: Int) {
    guard !corpus.isEmpty else { return }
    let other = corpus[below(corpus.count)]
    bytes.replaceSubrange(place..., with: other[below(other.count + 1)...])
  }

  private mutating func replaceNumber(_ bytes: inout [UInt8], from place: Int) {
    guard let first = bytes[place...].firstIndex(where: Mutator.isDigit) else { return }
    let last = bytes[first...].firstIndex { !Mutator.isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(first..<last, with: Tokens.numbers[below(Tokens.numbers.count)].utf8)
  }

  private mutating func mutateLines(_ bytes: inout [UInt8]) {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard !lines.isEmpty else { return }
    let one = below(lines.count), other = below(lines.count)
    switch below(6) {
    case 0: lines.swapAt(one, other)
    case 1: lines.insert(lines[one], at: other)
    case 2: lines.remove(at: one)
    case 3: lines[one] = lines[other]
    case 4: lines[one] += [0x0D]
    default: lines.insert(ArraySlice(token()), at: other)
    }
    bytes = Array(lines.joined(separator: [0x0A]))
  }

  // MARK: Random choices

  mutating func below(_ limit: Int) -> Int { limit <= 0 ? 0 : Int.random(in: 0..<limit, using: &generator) }

  private mutating func end(_ bytes: [UInt8], _ place: Int) -> Int {
    min(bytes.count, place + 1 + below(below(4) == 0 ? 400 : 12))
  }

  /// A word of the language, a hostile text, or many repetitions of a text.
  mutating func token() -> [UInt8] {
    switch below(12) {
    case 0: return Tokens.broken[below(Tokens.broken.count)]
    case 1:
      let repeated = Tokens.nesting[below(Tokens.nesting.count)]
      return Array(String(repeating: repeated, count: [3, 40, 120, 600, 1100, 20_000][below(6)]).utf8)
    case 2, 3: return Array(Tokens.numbers[below(Tokens.numbers.count)].utf8)
    case 4, 5, 6: return Array(Tokens.hostile[below(Tokens.hostile.count)].utf8)
    default:
      return Array(
        (tokens.isEmpty ? Tokens.hostile : tokens)[below(tokens.isEmpty ? Tokens.hostile.count : tokens.count)].utf8)
    }
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
