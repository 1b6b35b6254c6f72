// Which scenarios probably detect a fault: those that are described by the same words.

import ConformanceModel
import Execution
import ReferenceService

/// The scenarios of a plan by the words of their ids and titles. Most faults are detected by one of a few scenarios; which
/// few is only a guess, so what they miss is tried with all.
struct LikelyScenarios {
  private let plan: Plan
  private let words: [Set<String>]
  /// The weight of a word: the rarer it is, the more it says.
  private let weights: [String: Double]

  private static let count = 16

  init(_ plan: Plan) {
    self.plan = plan
    words = plan.scenarios.map { LikelyScenarios.words(of: "\($0.scenario.id) \($0.scenario.title)") }
    var counts: [String: Double] = [:]
    for word in words.joined() { counts[word, default: 0] += 1 }
    weights = counts.mapValues { 1 / $0 }
  }

  /// The plan with only the scenarios whose words are most like those of the fault.
  func plan(for fault: Fault) -> Plan {
    let wanted = LikelyScenarios.words(of: "\(fault.name) \(fault.sentence)")
    let scores = words.map { $0.intersection(wanted).reduce(0) { $0 + (weights[$1] ?? 0) } }
    let best = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(LikelyScenarios.count)
    var likely = plan
    likely.scenarios = best.map { plan.scenarios[$0] }
    return likely
  }

  /// The beginnings of the words, in lower case: `revoked` and `revocation` are alike.
  private static func words(of text: String) -> Set<String> {
    Set(text.lowercased().split { !$0.isLetter }.filter { $0.count > 2 }.map { String($0.prefix(5)) })
  }
}
