// Matchers: two JSON texts, one per line. The first becomes a matcher, which matches the text itself.

import ConformanceModel
import JSONValue

struct MatcherReader: Reader {
  let workplace: Workplace
  let name = "matcher"
  let tokens = ["{}", "[]", "\"a\"", "1", "1.0", "null", ","]
  let structure = Structure.jsonLines
  private let patterns = PatternCache()

  init(_ workplace: Workplace) { self.workplace = workplace }

  func corpus() throws -> [[UInt8]] {
    let samples = try JSONReader.samples(workplace).filter { !$0.contains(0x0A) }
    return samples.indices.map { samples[$0] + [0x0A] + samples[($0 + 1) % samples.count] }
  }

  func check(_ input: [UInt8]) throws {
    let lines = input.split(separator: 0x0A, maxSplits: 1)
    guard lines.count == 2, let one = JSONReader.read(Array(lines[0])), let other = JSONReader.read(Array(lines[1]))
    else { return }
    let matching = Matching(patterns: patterns) { (reference) throws(UnresolvedReference) in
      throw UnresolvedReference(reference: reference.description, reason: "there are no variables")
    }
    for matcher in [Matcher.equals(.literal(one)), matcher(one, closed: false), matcher(one, closed: true)] {
      if one.repeatedMembers.isEmpty {
        try promise(try matching.mismatches(matcher, one).isEmpty, "a value does not match itself")
      }
      let differs = try !matching.mismatches(matcher, other).isEmpty
      try promise(try matching.mismatches(.not(matcher), other).isEmpty == differs, "'not' is not the opposite")
      for mismatch in try matching.mismatches(matcher, other) {
        try promise(
          mismatch.path.isEmpty || JSONPointer(mismatch.path) != nil,
          "the position '\(mismatch.path)' of a difference is not a pointer")
        try promise(!mismatch.expected.isEmpty && !mismatch.actual.isEmpty, "a difference has no text")
      }
      _ =
        try matching.mismatches(.contains(matcher), other) + matching.mismatches(.each(matcher), other)
        + matching.mismatches(.length(matcher), other)
      _ = try matching.describe(matcher)
    }
  }

  private func matcher(_ json: JSON, closed: Bool) -> Matcher {
    switch json {
    case .array(let items): return .array(items.map { matcher($0, closed: closed) })
    case .object(let members):
      let members = members.map { Matcher.Member($0.name, matcher($0.value, closed: closed)) }
      return closed ? .exactly(members) : .object(members)
    default: return .equals(.literal(json))
    }
  }
}
