// Runs overlapping operations against a service, and makes small what no order of them explains.

import ConformanceModel

/// Overlapping operations whose responses no order explains.
public struct OverlapDisagreement: Sendable, Hashable {
  public var overlap: Overlap
  public var text: String
  /// How many overlaps of the run showed it.
  public var count: Int
  /// In how many of several runs of the smallest overlap it was seen.
  public var repeats: Int

  public static let trials = 8

  /// It was not seen again.
  public var isFlaky: Bool { repeats == 0 }

  public var lines: [String] {
    [
      overlap.before.map(\.phrase).joined(separator: "; ") + ";",
      "then at the same time: " + overlap.overlapping.map(\.phrase).joined(separator: "; ")
        + (overlap.after.isEmpty ? "" : "; and then: " + overlap.after.map(\.phrase).joined(separator: "; ")) + ":",
      text,
    ]
  }

  /// What it does, without the names of clients, tokens and payloads.
  fileprivate var shape: String { overlap.overlapping.shape + "\n" + (overlap.after.last.map { [$0].shape } ?? "") }
}

/// What overlapping operations showed.
public struct OverlapResult: Sendable {
  public var overlaps = 0
  public var operations = 0
  public var disagreements: [OverlapDisagreement] = []
  /// Kinds of disagreement that were not made small.
  public var omitted = 0
}

public struct OverlapExplorer: Sendable {
  let model: Model
  let plan: ExplorationPlan
  /// The most operations at the same time.
  let concurrency: Int
  let run: HistoryRunner

  public init(_ model: Model, _ plan: ExplorationPlan, concurrency: Int, run: @escaping HistoryRunner) {
    self.model = model
    self.plan = plan
    self.concurrency = concurrency
    self.run = run
  }

  /// The overlaps of the plan, in their order.
  public var overlaps: [Overlap] {
    var generator = OverlapGenerator(model, seed: plan.seed)
    return (0..<plan.runs).map { _ in generator.next(concurrency: concurrency) }.filter { $0.overlapping.count > 1 }
  }

  public func explore() async throws -> OverlapResult {
    var result = OverlapResult()
    var found: [(overlap: Overlap, text: String, count: Int)] = []
    var groups: [String: Int] = [:]
    var rest = overlaps[...]
    while !rest.isEmpty, !plan.isOver(), !(plan.endsWithFirst && !found.isEmpty) {
      let batch = Array(rest.prefix(plan.firstBatch))
      rest = rest.dropFirst(batch.count)
      for (overlap, text) in zip(batch, try await contradictions(batch)) {
        result.overlaps += 1
        result.operations += overlap.operations.count
        guard let text else { continue }
        let key = overlap.overlapping.map(\.kind.rawValue).sorted().joined(separator: ";")
        if let known = groups[key] {
          found[known].count += 1
        } else {
          groups[key] = found.count
          found.append((overlap, text, 1))
        }
      }
    }
    var shapes: [String: Int] = [:]
    for (index, one) in found.prefix(plan.maxDisagreements).enumerated() {
      // one is made small in any case
      if index > 0, plan.mustEnd() {
        result.omitted = found.count - index
        break
      }
      let small = try await shrink(one.overlap, one.text, count: one.count)
      if let known = shapes[small.shape] {
        result.disagreements[known].count += small.count
      } else {
        shapes[small.shape] = result.disagreements.count
        result.disagreements.append(small)
      }
    }
    return result
  }

  /// Why no order explains what each did; `nil` if one does.
  private func contradictions(_ overlaps: [Overlap]) async throws -> [String?] {
    let scenarios = overlaps.enumerated().map { model.scenario($0.element, id: "overlap-\($0.offset + 1)") }
    let outcomes = try await run(scenarios)
    return overlaps.enumerated().map { index, overlap in
      outcomes["overlap-\(index + 1)"].flatMap { model.history(of: overlap, $0).contradiction(in: model) }
    }
  }

  /// What overlaps does so in one order now and in another one later: each smaller overlap is run several times.
  private func shrink(_ overlap: Overlap, _ text: String, count: Int) async throws -> OverlapDisagreement {
    var (best, text) = (overlap, text)
    var isSmaller = true
    while isSmaller {
      isSmaller = false
      for candidate in best.smaller(model) where !plan.mustEnd() {
        guard let seen = try await contradictions(Array(repeating: candidate, count: 3)).compactMap(\.self).first else {
          continue
        }
        (best, text) = (candidate, seen)
        isSmaller = true
        break
      }
    }
    var repeats = 0
    for trial in 0..<OverlapDisagreement.trials where trial == 0 || !plan.mustEnd() {
      if try await contradictions([best])[0] != nil { repeats += 1 }
    }
    return OverlapDisagreement(overlap: best, text: text, count: count, repeats: repeats)
  }
}
