// What failures do to a run.

import ArgumentParser

struct FailureOptions: ParsableArguments {
  @Flag(
    name: .customLong("failed"),
    help: ArgumentHelp(
      "Run only the cases that failed or errored in the last run.",
      discussion: """
        They are read from run.jsonl in the folder of the reports, before this run replaces it; a case that this run does \
        not judge stays on the list. The console says which are FIXED and which are STILL FAILING. If there is nothing \
        to run again, nothing changes, and the exit status is 4.
        """))
  var failed = false

  @Flag(name: .customLong("fail-fast"), help: "Stop after the first failed or errored case.")
  var failFast = false

  @Option(
    name: .customLong("max-failures"),
    help: ArgumentHelp(
      "Stop after so many failed or errored cases.",
      discussion: """
        No further case starts, and the clock is not advanced again: a case that waits is reported as not finished. What \
        did not run is skipped. The exit status is that of the failures. Invariants are judged at the end, and only by \
        what ran.
        """,
      valueName: "count"))
  var maxFailures: Int?

  @Flag(
    help: ArgumentHelp(
      "Run again whenever a scenario, a requirement, the target file, or a file that it names changes.",
      discussion: "A mistake in a file is printed, and the next change is waited for. Ctrl-C ends with status 130."))
  var watch = false

  @Flag(
    name: .customLong("keep-target"),
    help: ArgumentHelp(
      "After the run and its reports, keep the launched target until Ctrl-C.",
      discussion: """
        Its port and its clock stay as they were in the last step, best with --fail-fast: so the curl commands of the \
        reports work. Prints its URL and its process id. The exit status is that of the run.
        """))
  var keepsTarget = false

  func check(hasBaseline: Bool) throws {
    if let maxFailures, maxFailures < 1 { throw ValidationError("--max-failures must be at least 1") }
    if failFast, maxFailures != nil { throw ValidationError("--fail-fast and --max-failures exclude each other") }
    if keepsTarget, watch { throw ValidationError("--keep-target and --watch exclude each other") }
    guard hasBaseline, limit != nil else { return }
    throw ValidationError(
      "\(failFast ? "--fail-fast" : "--max-failures") and --baseline exclude each other: failures that the baseline "
        + "knows would end the run")
  }

  /// After how many failures the run stops; `nil` if it does not.
  var limit: Int? { failFast ? 1 : maxFailures }
}
