// `--failed`: the cases that failed or errored in the last run.

import ConformanceModel
import Glibc
import RunEvents
import ScenarioFiles

struct FailedCases {
  /// In the order of the last run.
  let ids: [String]
  private let byScenario: [String: Set<String>]
  private let log: String
  private let run: RunDescription

  /// - Parameter log: The log of the last run.
  /// - Throws: `StartError` if there is no such log, or if it has no failure.
  init(log: String) throws(StartError) {
    guard access(log, F_OK) == 0 else {
      throw StartError(
        .usageError,
        "--failed: \(log) does not exist; run once without --failed, or name the folder of the last run by "
          + "--reports")
    }
    self.log = log
    do throws(ReportError) {
      let last = try RunLog(path: log)
      run = last.run
      ids = try last.unresolvedFailures()
    } catch {
      throw StartError(.usageError, "--failed: \(error.description); run once without --failed")
    }
    guard !ids.isEmpty else {
      throw StartError(.incomplete, "nothing to run again: no case failed or errored in the last run, \(log)")
    }
    byScenario = Dictionary(grouping: ids, by: NameSelection.scenario(of:)).mapValues(Set.init)
  }

  /// Refuses the failures of another target: they say nothing about this one.
  func check(_ target: Target) throws(StartError) {
    guard run.target != target.name, run.targetFile != target.place.file else { return }
    var error = StartError(
      .usageError,
      "--failed: the last run, \(log), was of the target '\(SafeText.forConsole(SafeText.oneLine(run.target)))', not of "
        + "'\(target.name)'; name the folder of the last run of this target by --reports")
    error.keepsLog = true
    throw error
  }

  /// What failed of a scenario; `nil` if nothing did.
  func part(of scenario: Scenario) -> Scenario? {
    byScenario[scenario.id].flatMap { ids in scenario.keepingCases(ids.contains) }
  }

  /// Without the cases that the pack no longer has.
  func known(in library: Library) -> [String] {
    var known: Set<String> = []
    for scenario in library.scenarios {
      guard let part = part(of: scenario) else { continue }
      known.formUnion((0..<part.cases.count).map(part.caseID))
    }
    return ids.filter(known.contains)
  }
}
