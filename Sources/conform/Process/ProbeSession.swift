// conform check --probe: a run of the probe alone, shown in one block.

import ArgumentParser
import ConformanceModel
import Execution
import Reporting
import RunEvents
import ScenarioFiles

struct ProbeSession {
  let target: Target
  let transport: TransportOptions

  /// - Throws: `StartError`.
  func run() async throws -> ExitStatus {
    var plan = Plan(scenarios: [], requirements: [], target: target)
    plan.addProbe()
    let folder = try LaunchFolder()
    defer { folder.remove() }
    var arguments = try RunArguments.parse([])
    arguments.transport = transport
    arguments.adopt(target)
    // a folder below it: the launch folder is locked, and so is that of the reports
    let log = Path.join(Path.join(folder.path, "probe"), "run.jsonl")
    var session = RunSession(
      plan: plan, scenarios: [], arguments: arguments, logPath: log, options: try arguments.options(packVersion: nil))
    session.isQuiet = true
    let status = try await session.run()
    guard let record = try? RunLog(path: log) else { return status }
    do throws(ReportError) {
      Output.write(try ProbeText.block(record))
    } catch {
      Output.error(error.description)
      return .couldNotRun
    }
    return status
  }
}
