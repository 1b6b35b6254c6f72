// What the exit status means.

import ArgumentParser

/// The exit status, with the same meaning in every subcommand.
enum ExitStatus: Int32 {
  case conforms = 0
  case failed = 1
  case usageError = 2
  case couldNotRun = 3
  /// Nothing failed so far, but cases are pending, or nothing was judged.
  case incomplete = 4
  case interrupted = 130

  var exitCode: ExitCode { ExitCode(rawValue) }

  static let help = """
    Exit status: 0 conforms; 1 a requirement is not met; 2 the files or arguments are wrong, or nothing was selected; \
    3 the target could not be reached, or a case could not be judged; 4 nothing failed so far, but cases are pending, \
    or every case was skipped; 130 interrupted.
    """
}
