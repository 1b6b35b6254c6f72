// Answers that changed though the case still passes.

public import ConformanceModel
import HTTPModel
import RunEvents

/// Something that the answers of one run had and those of another do not, the same in all the cases counted.
public struct ChangedResponse: Sendable, Hashable {
  /// `status`, `header cache-control`, or `body /error`.
  public var subject: String
  public var before: String
  public var now: String
  /// In how many cases.
  public var cases: Int
  /// The first of them, with the step in words.
  public var examples: [Example]

  public struct Example: Sendable, Hashable {
    public var id: String
    public var step: String
    public var place: Place
  }
}

/// Compares the answers of cases, one pair of cases after another, and gathers what changed alike.
struct ResponseComparison {
  private static let maxChanges = 1000
  private static let maxExamples = 20
  private static let maxFacets = 5000

  /// What is known of a member's values over the whole of a run.
  private struct Evidence {
    var answers = 0
    var values: Set<String> = []
    /// Its value in the later run.
    var later: Set<String> = []
  }

  /// A member of the answers of a step, wherever the step is played.
  private struct Member: Hashable {
    var step: String
    var facet: String
  }

  private let old: StepIndex
  private let new: StepIndex
  private var evidence: [Member: Evidence] = [:]
  private var changes: [ResponseFacts.Difference: ChangedResponse] = [:]
  /// Cases whose answers were compared, and cases that were played in other steps than before.
  private(set) var compared = 0
  private(set) var otherSteps = 0

  init(_ old: RunLog, _ new: RunLog) throws(ReportError) {
    self.old = try StepIndex(old)
    self.new = try StepIndex(new)
  }

  /// - Parameters:
  ///   - before: The number of the case in the former run.
  ///   - number: Its number now.
  mutating func compare(_ id: String, file: String, before: Int, now number: Int) throws(ReportError) {
    let steps = (try old.steps(of: before), try new.steps(of: number))
    // a word that only one of the runs sent is made up; the harness has it from chance
    let sent = (ResponseComparison.sent(steps.0), ResponseComparison.sent(steps.1))
    let one = ResponseFacts.list(steps.0, sent: sent.0.subtracting(sent.1)),
      other = ResponseFacts.list(steps.1, sent: sent.1.subtracting(sent.0))
    for facts in one { note(facts, isLater: false) }
    for facts in other { note(facts, isLater: true) }
    guard one.map(\.sentence) == other.map(\.sentence) else {
      otherSteps += 1
      return
    }
    if one.isEmpty { return }
    compared += 1
    var seen: Set<ResponseFacts.Difference> = []
    for (before, now) in zip(one, other) {
      for difference in before.differences(now) where seen.insert(difference).inserted {
        let example = ChangedResponse.Example(
          id: id, step: now.sentence, place: Place(file: file, line: now.line, column: 1))
        take(difference, example)
      }
    }
  }

  private mutating func take(_ difference: ResponseFacts.Difference, _ example: ChangedResponse.Example) {
    guard changes[difference] != nil || changes.count < ResponseComparison.maxChanges else { return }
    var change =
      changes[difference]
      ?? ChangedResponse(
        subject: difference.facet, before: difference.before, now: difference.now, cases: 0, examples: [])
    change.cases += 1
    if change.examples.count < ResponseComparison.maxExamples { change.examples.append(example) }
    changes[difference] = change
  }

  private mutating func note(_ facts: ResponseFacts, isLater: Bool) {
    for (facet, values) in facts.values where facet.hasPrefix("body /") {
      let member = Member(step: facts.sentence, facet: facet)
      guard evidence[member] != nil || evidence.count < ResponseComparison.maxFacets else { continue }
      if isLater {
        if evidence[member]?.later.count ?? 0 < 2 { evidence[member, default: Evidence()].later.formUnion(values) }
        continue
      }
      evidence[member, default: Evidence()].answers += 1
      // how many there are is asked only up to there
      if evidence[member]?.values.count ?? 0 < 64 { evidence[member]?.values.formUnion(values) }
    }
  }

  /// What changed, the most frequent first.
  var result: [ChangedResponse] {
    changes.compactMap { difference, change in
      var change = change
      if difference.isValue, difference.facet.hasPrefix("body /") {
        change.examples.removeAll { !isStable(difference, $0.step) }
      }
      return change.examples.isEmpty ? nil : change
    }.sorted { ($1.cases, $0.subject, $0.before, $0.now) < ($0.cases, $1.subject, $1.before, $1.now) }
  }

  /// Whether a value was the step's own, as far as both runs tell.
  ///
  /// A number says something where the step had the same one in all answers of a run, and in three at least: counts and sizes
  /// differ. A text says nothing where it was another one in most answers.
  private func isStable(_ difference: ResponseFacts.Difference, _ step: String) -> Bool {
    guard let known = evidence[Member(step: step, facet: difference.facet)] else { return false }
    if difference.before.utf8.first.map({ $0 == 0x2D || (0x30...0x39).contains($0) }) == true {
      return known.answers >= 3 && known.values.count == 1 && known.later.count == 1
    }
    return known.values.count < 8 || known.values.count < 64 && known.values.count * 2 < known.answers
  }

  private static func sent(_ steps: [StepRecord]) -> Set<String> {
    var words: Set<String> = []
    for exchange in steps.compactMap(\.exchange) {
      for text in [exchange.url, exchange.requestBody.text] + exchange.requestHeaders.map(\.value) {
        words.formUnion(Stability.words(text))
      }
    }
    return words
  }
}
