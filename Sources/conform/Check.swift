import ArgumentParser
import Conformance
import Foundation
import Runner
import ScenarioFiles

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reports every mistake in scenario, requirement and target files, with file:line:column. Sends nothing.",
    discussion: "Without --target, every target file in the folders 'targets' of the pack is looked at.")

  @OptionGroup var selection: Selection

  func run() throws {
    var mistakes: [Mistake] = []
    var targets = 0
    for path in selection.target == nil ? otherTargets : [] {
      targets += 1
      do throws(Mistakes) { _ = try Target.load(path) } catch { mistakes += error.list }
    }
    if !mistakes.isEmpty {
      // those of the scenarios too, in one go
      do throws(Mistakes) { _ = try Library.load(selection.paths) } catch { mistakes = error.list + mistakes }
      Selection.complain(mistakes)
      throw Status.wrongFiles.exitCode
    }
    let (plan, library) = try selection.load()
    let others = targets == 0 ? "" : targets == 1 ? " and another" : " and \(targets) others"
    Output.write(
      "\(plan.scenarios.count) scenarios with \(plan.caseCount) test cases, \(library.requirements.count) requirements, the target '\(plan.target.name)'\(others): no mistakes")
  }

  /// The target files of the pack beside the one that is chosen.
  private var otherTargets: [String] {
    selection.paths.flatMap { path -> [String] in
      let folder = path.hasSuffix("/") ? "\(path)targets" : "\(path)/targets"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".expected.yaml") }.sorted().map { "\(folder)/\($0)" }
    }.filter { $0 != selection.targetPath }
  }
}
