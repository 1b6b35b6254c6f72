// Changed responses of cases that still pass.

public import ConformanceModel
import HTTPModel
import RunEvents

/// A difference between the responses of two runs, the same in all the cases counted.
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

/// Compares the responses of cases, one pair of cases after another, and groups equal changes.
struct ResponseComparison {
  private static let maxChanges = 1000
  private static let maxExamples = 20
  private static let maxFacets = 5000

  /// The values of a member in all responses of a run.
  private struct Evidence {
    var responses = 0
    var values: Set<String> = []
    /// The values in the new run.
    var newValues: Set<String> = []
  }

  /// More different values than this are not collected.
  private static let maxValues = 64

  /// A member of the responses to a step, in all cases that have the step.
  private struct Member: Hashable {
    var step: String
    var facet: String
  }

  private let old: StepIndex
  private let new: StepIndex
  private var evidence: [Member: Evidence] = [:]
  private var changes: [ResponseFacts.Difference: ChangedResponse] = [:]
  /// Cases whose responses were not compared, because their steps differ.
  private(set) var differentSteps = 0

  init(_ old: RunLog, _ new: RunLog) throws(ReportError) {
    self.old = try StepIndex(old)
    self.new = try StepIndex(new)
  }

  /// - Parameters:
  ///   - before: The number of the case in the old run.
  ///   - number: Its number in the new run.
  mutating func compare(_ id: String, file: String, before: Int, now number: Int) throws(ReportError) {
    let steps = (try old.steps(of: before), try new.steps(of: number))
    // a word that only one of the runs sent is random
    let sent = (ResponseComparison.sent(steps.0), ResponseComparison.sent(steps.1))
    let one = ResponseFacts.list(steps.0, sent: sent.0.subtracting(sent.1)),
      other = ResponseFacts.list(steps.1, sent: sent.1.subtracting(sent.0))
    for facts in one { note(facts, isNew: false) }
    for facts in other { note(facts, isNew: true) }
    guard one.map(\.sentence) == other.map(\.sentence) else {
      differentSteps += 1
      return
    }
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

  private mutating func note(_ facts: ResponseFacts, isNew: Bool) {
    for (facet, values) in facts.values where facet.hasPrefix("body /") {
      let member = Member(step: facts.sentence, facet: facet)
      guard evidence[member] != nil || evidence.count < ResponseComparison.maxFacets else { continue }
      var known = evidence[member] ?? Evidence()
      if isNew {
        if known.newValues.count < 2 { known.newValues.formUnion(values) }
      } else {
        known.responses += 1
        if known.values.count < ResponseComparison.maxValues { known.values.formUnion(values) }
      }
      evidence[member] = known
    }
  }

  /// The changes, the most frequent first.
  var result: [ChangedResponse] {
    changes.compactMap { difference, change in
      var change = change
      if difference.isValue, difference.facet.hasPrefix("body /") {
        change.examples.removeAll { !isStable(difference, $0.step) }
      }
      return change.examples.isEmpty ? nil : change
    }.sorted { ($1.cases, $0.subject, $0.before, $0.now) < ($0.cases, $1.subject, $1.before, $1.now) }
  }

  /// Whether a value belongs to the step, judged by all responses to that step in both runs.
  ///
  /// A number is stable if all responses of a run have the same one, and at least three do: counts and sizes vary. A
  /// text is unstable if most responses have a different one.
  private func isStable(_ difference: ResponseFacts.Difference, _ step: String) -> Bool {
    guard let known = evidence[Member(step: step, facet: difference.facet)] else { return false }
    if difference.before.utf8.first.map({ $0 == 0x2D || (0x30...0x39).contains($0) }) == true {
      return known.responses >= 3 && known.values.count == 1 && known.newValues.count == 1
    }
    let count = known.values.count
    return count < 8 || count < ResponseComparison.maxValues && count * 2 < known.responses
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
