// `--keep-target`: the launched target runs on after the run, so that its requests can be repeated.

import ConformanceModel
import Execution
import Glibc

extension RunSession {
  /// Keeps the target until a signal or its own end, with its clock where the run left it.
  ///
  /// - Parameters:
  ///   - target: The launched program; `nil` for the reference service, which runs in this process.
  ///   - url: The base URL of the target.
  func keep(_ target: LaunchedTarget?, at url: String) async {
    let (released, release) = AsyncStream<Never>.makeStream()
    Signals.listen { _ in release.finish() }
    let process = target?.processID ?? getpid()
    Output.error(
      "the target runs on at \(url) (process \(process)), with its clock where the run left it; Ctrl-C, or SIGTERM to "
        + "process \(getpid()), stops it")
    let watch = Task {
      guard let end = await target?.unexpectedEnd() else { return }
      Output.error(end.reason)
      release.finish()
    }
    for await _ in released {}
    watch.cancel()
  }
}
