// conform check: reports mistakes in files, and sends nothing.

import ArgumentParser
import ConformanceModel
import Execution
import ScenarioFiles

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Reports every mistake in scenario, requirement and target files, with file:line:column. Sends nothing.",
    discussion: "Without --target, all files in the folder 'targets' of the pack are checked.")

  @OptionGroup var selection: SelectionOptions

  func run() throws {
    var diagnostics: [Diagnostic] = []
    var targets: [Target] = []
    for pack in selection.target == nil ? selection.paths : [] {
      do throws(Diagnostics) {
        for path in try Library.targetFiles(of: pack) where path != selection.targetPath {
          do throws(Diagnostics) { targets.append(try Target.load(path)) } catch { diagnostics += error.list }
        }
      } catch { diagnostics += error.list }
    }
    if !diagnostics.isEmpty {
      // those of the scenarios at the same time
      do throws(Diagnostics) { _ = try Library.load(selection.paths) } catch { diagnostics = error.list + diagnostics }
      throw StartError(diagnostics)
    }
    let (plan, library) = try selection.load()
    diagnostics = library.missingTwins(isWhole: selection.namesWholePack)
    if selection.namesWholePack {
      diagnostics += ([plan.target] + targets).flatMap { library.unknownDeviations(of: $0) }
    }
    guard diagnostics.isEmpty else {
      throw StartError(diagnostics)
    }
    let others = targets.isEmpty ? "" : targets.count == 1 ? " and another" : " and \(targets.count) others"
    let counts = [
      "\(plan.scenarios.count.counted("scenario")) with \(plan.caseCount.counted("test case"))",
      library.invariants.count.counted("invariant"), library.requirements.count.counted("requirement"),
      "the target '\(plan.target.name)'\(others)",
    ]
    Output.write("\(counts.joined(separator: ", ")): no mistakes")
  }
}
