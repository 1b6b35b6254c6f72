// What a file contains about its run as a whole.

import RunEvents

extension ComparedRun {
  /// It is a run log, not a JUnit file.
  public var isRunLog: Bool { log != nil }

  /// The version of the pack, if the file has it.
  public var packVersion: String? { log?.run.pack?.version }
}
