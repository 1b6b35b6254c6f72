// Runs sequences against a service, and makes small what disagrees with the model.

public import ConformanceModel

/// The size of an exploration.
public struct ExplorationPlan: Sendable {
  /// The number of sequences.
  public var runs = 500
  /// About how many operations a sequence has.
  public var steps = 20
  public var seed: UInt64 = 1
  /// What the sequences are about.
  public var areas = Set(ExplorationArea.allCases)
  /// How many sequences share the first sweep of the clock; each later sweep has twice as many as the one before it.
  public var firstBatch = 100
  /// The most sequences that share one sweep of the clock.
  public var maxBatch = 200
  /// How many kinds of disagreement are made small.
  public var maxDisagreements = 20
  /// No further batch starts after the first disagreement that repeats.
  public var endsWithFirst = false
  /// Whether the time is up.
  public var isOver: @Sendable () -> Bool = { false }
  /// Whether disagreements stay as large as they are.
  public var mustEnd: @Sendable () -> Bool = { false }

  public init() {}
}

/// What an exploration did and found.
public struct ExplorationResult: Sendable {
  public var sequences = 0
  public var operations = 0
  /// The reasons of sequences that could not be judged to their end, with their numbers.
  public var notJudged: [String: Int] = [:]
  public var disagreements: [Disagreement] = []
  /// Kinds of disagreement that were not made small.
  public var omitted = 0
  public var coverage: Coverage
  public var endedEarly = false
}

public struct Explorer: Sendable {
  public let model: Model
  let plan: ExplorationPlan
  let run: TrialRunner
  private var shrinker: Shrinker { Shrinker(model) }

  public init(_ model: Model, _ plan: ExplorationPlan, run: @escaping TrialRunner) {
    self.model = model
    self.plan = plan
    self.run = run
  }

  /// The sequences of the plan, in their order.
  public var sequences: [[ModelAction]] {
    var generator = SequenceGenerator(model, seed: plan.seed, areas: plan.areas)
    return (0..<plan.runs).map { _ in generator.next(steps: plan.steps) }
  }

  /// Sequences that disagreed in the same way, up to the operation that did.
  private struct Failure {
    /// Some of them, since not each may repeat alone.
    var variants: [[ModelAction]]
    /// The same with the operations that followed.
    var whole: [[ModelAction]]
    var text: String
    var level: Level
    var count = 1

    static let maxVariants = 24

    mutating func add(_ operations: [ModelAction], of sequence: [ModelAction]) {
      count += 1
      guard variants.count < Failure.maxVariants else { return }
      variants.append(operations)
      whole.append(sequence)
    }

    /// The shortest first, which is small soonest.
    var ordered: [[ModelAction]] { variants.sorted { $0.count < $1.count } }
  }

  public func explore() async throws -> ExplorationResult {
    var result = ExplorationResult(coverage: Coverage(model.facts))
    var generator = SequenceGenerator(model, seed: plan.seed, areas: plan.areas)
    var found = Found()
    var size = plan.firstBatch
    while result.sequences < plan.runs, !(plan.endsWithFirst && result.disagreements.contains { !$0.isFlaky }) {
      if plan.isOver() {
        result.endedEarly = true
        break
      }
      let batch = (0..<min(size, plan.runs - result.sequences)).map { _ in generator.next(steps: plan.steps) }
      size = min(size * 2, plan.maxBatch)
      take(batch, try await outcomes(of: batch), into: &result, &found)
      if plan.endsWithFirst, !found.failures.isEmpty {
        result.disagreements = []
        try await shrink(found.failures, into: &result)
        found = Found()
      }
    }
    if !found.failures.isEmpty { try await shrink(found.failures, into: &result) }
    return result
  }

  /// The scenarios of the sequences, for a run of its own.
  public var scenarios: [Scenario] { scenarios(of: sequences) }

  /// What the sequences of the plan tried, if they ended like this.
  public func coverage(of outcomes: [String: Outcome]) -> Coverage { taken(outcomes).result.coverage }

  /// Makes small what a run of the scenarios found.
  public func result(of outcomes: [String: Outcome]) async throws -> ExplorationResult {
    var (result, found) = taken(outcomes)
    if !found.failures.isEmpty { try await shrink(found.failures, into: &result) }
    return result
  }

  private func taken(_ outcomes: [String: Outcome]) -> (result: ExplorationResult, found: Found) {
    var result = ExplorationResult(coverage: Coverage(model.facts))
    var found = Found()
    let all = sequences
    take(all, all.indices.map { outcomes[Explorer.id($0)] }, into: &result, &found)
    return (result, found)
  }

  /// The sequences that disagreed, by what distinguishes them.
  private struct Found {
    var failures: [Failure] = []
    var groups: [String: Int] = [:]
  }

  private func take(
    _ batch: [[ModelAction]], _ outcomes: [Outcome?], into result: inout ExplorationResult, _ found: inout Found
  ) {
    for (sequence, outcome) in zip(batch, outcomes) {
      result.sequences += 1
      var count = 0
      switch outcome {
      case .agrees: count = sequence.count
      case .disagrees(let index, let text, let level):
        // what is only recommended does not end a sequence
        count = level == .must ? index + 1 : sequence.count
        let cut = shrinker.cut(sequence, after: index)
        let key = Explorer.key(cut, text)
        if let known = found.groups[key] {
          found.failures[known].add(cut, of: sequence)
        } else {
          found.groups[key] = found.failures.count
          found.failures.append(Failure(variants: [cut], whole: [sequence], text: text, level: level))
        }
      case .notJudged(let reason): result.notJudged[reason, default: 0] += 1
      case nil: result.notJudged["it was not run", default: 0] += 1
      }
      result.operations += count
      result.coverage.add(sequence, first: count, model: model)
    }
  }

  /// What distinguishes disagreements before they are small.
  private static func key(_ operations: [ModelAction], _ text: String) -> String {
    guard let last = operations.last else { return text }
    return "\(last.kind.rawValue) \(last.deviations.map(\.value).joined(separator: ";")) \(text)"
  }

  private func outcomes(of sequences: [[ModelAction]]) async throws -> [Outcome?] {
    let found = try await run(scenarios(of: sequences))
    return sequences.indices.map { found[Explorer.id($0)] }
  }

  private func scenarios(of sequences: [[ModelAction]]) -> [Scenario] {
    sequences.enumerated().compactMap { index, sequence in
      model.scenario(sequence, id: Explorer.id(index), title: "Sequence \(index + 1)")
    }
  }

  private static func id(_ index: Int) -> String { "sequence-\(index + 1)" }

  // MARK: - Shrinking

  private func shrink(_ failures: [Failure], into result: inout ExplorationResult) async throws {
    var shapes: [String: Int] = [:]
    var flaky: [Disagreement] = []
    // what is required first, and the shortest, which explain the others
    let ordered = failures.sorted {
      $0.level == $1.level ? $0.ordered[0].count < $1.ordered[0].count : $0.level > $1.level
    }
    var (tried, explained) = (0, 0)
    // one is made small in any case
    for failure in ordered where result.disagreements.count < plan.maxDisagreements {
      let shortest = failure.ordered[0]
      let known = result.disagreements.firstIndex { $0.explains(shortest, failure.text, failure.level) }
      if let known {
        result.disagreements[known].add(shortest, sequences: failure.count)
        explained += 1
        continue
      }
      if tried == plan.maxDisagreements * 3 { break }
      if tried > 0, plan.mustEnd() { break }
      tried += 1
      let small = try await shrink(failure)
      if small.isFlaky {
        flaky.append(small)
      } else if let known = result.disagreements.firstIndex(where: {
        $0.explains(small.operations, small.text, small.level)
      }) {
        result.disagreements[known].add(small.operations, sequences: small.sequences)
      } else if let known = shapes[small.operations.shape] {
        result.disagreements[known].sequences += small.sequences
      } else {
        shapes[small.operations.shape] = result.disagreements.count
        result.disagreements.append(small)
      }
    }
    result.omitted = ordered.count - tried - explained
    result.disagreements += flaky.prefix(max(0, plan.maxDisagreements - result.disagreements.count))
  }

  private func shrink(_ failure: Failure) async throws -> Disagreement {
    var best = failure.ordered[0]
    var repeated: String?
    var level = failure.level
    for variant in failure.ordered where repeated == nil {
      repeated = try await alone(variant)
      if repeated != nil { best = variant }
    }
    // without the others it may go further, to what disagrees in any case
    for sequence in failure.whole.prefix(Explorer.maxConfirmed) where repeated == nil {
      guard !plan.mustEnd(),
        case .disagrees(let index, let text, let gravity)?? = try await outcomes(of: [sequence]).first
      else { continue }
      (best, repeated, level) = (shrinker.cut(sequence, after: index), text, gravity)
    }
    guard var text = repeated else {
      return Disagreement(
        operations: best, text: failure.text, sequences: failure.count, isFlaky: true, level: failure.level)
    }
    var candidates = shrinker.essentials(best)
    var isFirst = true
    while !plan.mustEnd() {
      let weight = Explorer.weight(best)
      let found = try await failing(candidates).map { (Explorer.weight($0), $0) }
        .filter { $0.0 < weight }.sorted { $0.0 < $1.0 }
      var smaller: [ModelAction]?
      // a sequence may fail for what others do at the same time
      for (_, candidate) in found.prefix(Explorer.maxConfirmed) {
        guard let confirmed = try await alone(candidate) else { continue }
        (smaller, text) = (candidate, confirmed)
        break
      }
      if let smaller { best = smaller } else if !isFirst { break }
      isFirst = false
      candidates = shrinker.candidates(best)
    }
    let repeats = try await alone(best) != nil
    return Disagreement(
      operations: best, text: text, sequences: failure.count, isFlaky: !repeats, level: level)
  }

  /// How many sequences of one kind are run alone.
  private static let maxConfirmed = 6

  /// What the last operation of a sequence disagrees in, if no other sequence runs at the same time.
  private func alone(_ operations: [ModelAction]) async throws -> String? {
    guard case .disagrees(let index, let text, _)?? = try await outcomes(of: [operations]).first,
      index == operations.count - 1
    else { return nil }
    return text
  }

  /// Those of these sequences whose last operation disagrees.
  private func failing(_ sequences: [[ModelAction]]) async throws -> [[ModelAction]] {
    guard !sequences.isEmpty else { return [] }
    return zip(sequences, try await outcomes(of: sequences)).compactMap { sequence, outcome in
      guard case .disagrees(let index, _, _)? = outcome, index == sequence.count - 1 else { return nil }
      return sequence
    }
  }

  /// Operations count most, then deviations, then the length of waits, then the second connector.
  private static func weight(_ operations: [ModelAction]) -> [Int] {
    [
      operations.count, operations.reduce(0) { $0 + $1.deviations.count },
      operations.reduce(0) { sum, operation in
        switch operation {
        case .wait(.seconds(let seconds)): sum + Int(seconds)
        case .wait(.border(_, let seconds)): sum + abs(Int(seconds))
        default: sum
        }
      },
      operations.count { operation in
        switch operation {
        case .create(let call): call.connector == .second
        case .post(let call): call.connector == .second
        case .list(.second, _), .inbox(.second): true
        default: false
        }
      },
    ]
  }
}

private func < (a: [Int], b: [Int]) -> Bool { a.lexicographicallyPrecedes(b) }
