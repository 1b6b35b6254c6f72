// The cases that the samples of a target make.

import JSONValue

extension Scenario {
  /// The values of a row that a refused sample makes.
  public static let refusedSampleColumns = (sample: "sample", status: "status")

  /// The scenario with a row for each sample of the target that has to be refused, if that is what its cases are.
  ///
  /// Without such a sample it stays as it is, and a plan skips it.
  public func filled(from target: Target) -> Scenario {
    guard case .refusedSamples(let role) = cases else { return self }
    let columns = Scenario.refusedSampleColumns
    let rows = (target.connector(role)?.payloads ?? []).compactMap { sample in
      sample.refused.map { statuses in
        Cases.Row(
          name: sample.name,
          values: [
            Template.Member(columns.sample, .literal(.string(sample.name))),
            Template.Member(columns.status, .literal(.array(statuses.map { .int($0) }))),
          ])
      }
    }
    guard !rows.isEmpty else { return self }
    var scenario = self
    scenario.cases = .rows(rows)
    return scenario
  }
}
