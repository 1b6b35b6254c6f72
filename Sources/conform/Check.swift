import ArgumentParser
import Conformance
import Runner
import ScenarioFiles

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reports every mistake in scenario, requirement and target files, with file:line:column. Sends nothing.")

  @OptionGroup var selection: Selection

  func run() throws {
    let (plan, library) = try selection.load()
    let cases = plan.caseCount
    Output.write(
      "\(plan.scenarios.count) scenarios with \(cases) test cases, \(library.requirements.count) requirements and the target '\(plan.target.name)': no mistakes")
  }
}
