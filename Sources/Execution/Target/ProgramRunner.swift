// Programs that a target file names.

import ConformanceModel
import HTTPModel
import JSONValue
import Processes
import Redaction

/// Runs the programs that a target file names.
struct ProgramRunner: Sendable {
  let templates: TemplateResolver
  let environment: [String: String]
  /// The simulated clock of the launched target, once it runs.
  let launchedClock: Locked<ProcessClockDriver?>
  let redactor: SecretRedactor

  /// A message shows this many characters of a program's standard error, from its end.
  private static let maxShown = 4000

  /// Runs a program with a JSON text on its standard input.
  ///
  /// - Parameters:
  ///   - settings: What surrounds it; its templates can use `values`, too.
  ///   - purpose: What the program is for, as in "could not PURPOSE".
  /// - Returns: What it printed, in the form of an exchange.
  /// - Throws: `TargetError` if it cannot be run, fails, or takes too long, with the end of its standard error.
  func run(
    _ command: [Template], _ values: [String: JSON], _ input: JSON, _ settings: Target.ProgramSettings,
    to purpose: String
  ) async throws -> Exchange {
    var words: [String] = []
    for word in command { words.append(try templates.resolve(word, values).plainText) }
    let name = words.first ?? ""
    var environment = environment
    for variable in settings.environment {
      environment[variable.name] = try templates.resolve(variable.value, values).plainText
    }
    let clock = settings.isOnClock ? launchedClock.withLock { $0 } : nil
    if settings.isOnClock, clock == nil {
      throw TargetError("could not \(purpose): the target has no simulated clock on which \(name) could run")
    }
    let start = WallClock.monotonic
    let output: Program.Output
    do throws(ProcessError) {
      if let clock { words = try clock.command(words, in: settings.folder, with: &environment) }
      output = try await Program.run(
        words, folder: settings.folder, environment: environment, input: input == .null ? [] : input.compactBytes,
        timeLimit: settings.timeLimit)
    } catch {
      throw TargetError("could not \(purpose): \(error)")
    }
    guard output.isSuccess else {
      // the client that it reports may exist, and its standard error may name the secret
      if let secret = (try? JSON(parsing: output.standardOutput))?["secret"]?.scalarText {
        redactor.register(secret, as: "CLIENT_SECRET")
      }
      // Masked before it is cut: the cut could leave a part of a secret that nothing recognizes.
      let errors = redactor.redact(output.standardError).suffix(ProgramRunner.maxShown)
      throw TargetError("could not \(purpose): \(name) \(output.outcome)\(errors.isEmpty ? "" : ": \(errors)")")
    }
    return .performed("command:\(name)", input, output.standardOutput, seconds: WallClock.monotonic - start)
  }
}
