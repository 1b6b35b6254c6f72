// Programs that a target file names.

import ConformanceModel
import HTTPModel
import JSONValue
import Processes
import Redaction

extension TargetSession {
  /// Runs a program with a JSON text on its standard input.
  ///
  /// - Returns: What it printed, in the shape of an exchange.
  /// - Throws: `TargetError` where it cannot be run, fails, or takes too long: with the end of what it wrote to standard error.
  func run(_ command: [Template], _ values: [String: JSON], _ input: JSON, timeLimit: Double, to purpose: String)
    async throws -> Exchange
  {
    var words: [String] = []
    for word in command { words.append(try fill(word, values).plainText) }
    let start = WallClock.monotonic
    let output: Program.Output
    do throws(ProcessError) {
      output = try await Program.run(
        words, folder: folder, environment: environment, input: input == .null ? [] : input.compactBytes,
        timeLimit: timeLimit)
    } catch {
      throw TargetError("could not \(purpose): \(error)")
    }
    guard output.isSuccess else {
      let said = redactor.redact(output.standardError)
      throw TargetError("could not \(purpose): \(words[0]) \(output.outcome)\(said.isEmpty ? "" : ": \(said)")")
    }
    return .performed("command:\(words[0])", input, output.standardOutput, seconds: WallClock.monotonic - start)
  }
}
