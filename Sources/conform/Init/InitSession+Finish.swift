// The whole file: tried once more as it will run, written, and what it makes possible.

import ConformanceModel
import Execution
import FoundationEssentials
import JSONValue
import Reporting
import RunEvents
import ScenarioFiles

extension InitSession {
  func finish() async throws {
    await stopLaunched()
    let target: Target
    do throws(Refusal) { target = try self.target() } catch {
      throw StartError(error.status, "\(error.reason)\(Questions.unwritten)")
    }
    try await probe(target)
    do throws(ReportError) { try ReportFile.write(draft.yaml, to: file) } catch {
      throw StartError(.couldNotRun, error.description)
    }
    let tasks = Target.openTasks(in: file)
    questions.say("written: \(file)\(tasks.isEmpty ? "" : ", which is not complete")")
    for place in tasks { questions.say("  \(place): complete the line after the TODO") }
    if !untried.isEmpty { questions.say("not tried: \(untried.joined(separator: ", "))") }
    describe(target)
    let missing = target.variables.map(\.name).filter {
      (ProcessInfo.processInfo.environment[$0]?.trimmed ?? "").isEmpty
    }
    if !missing.isEmpty { questions.say("before a run, set: \(missing.joined(separator: ", "))") }
    // a command that works as it is
    let isReady = missing.isEmpty && tasks.isEmpty && !draft.isPrompted
    questions.say("next: conform \(isReady ? "run" : "list") --target \(Shell.word(file))")
  }

  /// Tries the whole file, as `check --probe` does.
  ///
  /// - Throws: `StartError` if a part of the file does not fit.
  private func probe(_ target: Target) async throws {
    guard tries, token != nil, options.allowsChanges || isLocal else { return }
    questions.say("")
    let status = try await ProbeSession(target: target, transport: transport).run()
    questions.say("")
    switch status {
    case .conforms: break
    case .failed: questions.say("the probe fails: a run shows whether it is a fault of the service")
    default: throw StartError(.couldNotRun, "a part of the file does not fit the service\(Questions.unwritten)")
    }
  }

  /// The capabilities, and what a run of the pack would execute and skip.
  private func describe(_ target: Target) {
    let capabilities = target.capabilities.map(\.rawValue).sorted()
    questions.say("capabilities: \(capabilities.isEmpty ? "none yet" : capabilities.joined(separator: ", "))")
    guard let library = try? Library.load([PackOptions.defaultPack]) else { return }
    let plan = Plan(
      scenarios: library.scenarios, requirements: library.requirements, invariants: library.invariants, target: target)
    let reasons = plan.scenarios.compactMap(\.skipReason)
    var counts: [String: Int] = [:]
    for reason in reasons { counts[reason, default: 0] += 1 }
    let total = plan.scenarios.count
    questions.say("a run executes \(total - reasons.count) of \(total.counted("scenario"))")
    for (reason, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(5) {
      questions.say("  \(count) skipped: \(reason)")
    }
  }
}

extension TargetDraft {
  /// A run needs a person at a terminal.
  var isPrompted: Bool { if case .prompt = clients { true } else { false } }
}
