// Which step of a case a finding belongs to.

import ConformanceModel
import RunEvents

enum FindingStep {
  /// The index of the step with the finding's own exchange. Sentences are not unique: a step can be repeated.
  ///
  /// A finding without an exchange belongs to the last step at its line that ended before it; `nil` if there is none.
  static func index(of finding: Finding, in steps: [StepRecord]) -> Int? {
    if let exchange = finding.exchange {
      let matches = steps.indices.filter { steps[$0].exchange == exchange }
      return matches.first { steps[$0].sentence == finding.step } ?? matches.first
    }
    guard let sentence = finding.step else { return nil }
    return steps.lastIndex { step in
      step.sentence == sentence && (finding.wall.map { step.wall <= $0 } ?? true)
        && (finding.place.map { $0.line >= step.line } ?? true)
    }
  }
}
