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
    var targets: [Target] = []
    for path in selection.target == nil ? otherTargets : [] {
      do throws(Mistakes) { targets.append(try Target.load(path)) } catch { mistakes += error.list }
    }
    if !mistakes.isEmpty {
      // those of the scenarios too, in one go
      do throws(Mistakes) { _ = try Library.load(selection.paths) } catch { mistakes = error.list + mistakes }
      Selection.complain(mistakes)
      throw Status.wrongFiles.exitCode
    }
    let (plan, library) = try selection.load()
    mistakes = library.missingTwins(isWhole: isWhole)
    if isWhole { mistakes += ([plan.target] + targets).flatMap { library.unknownDeviations(of: $0) } }
    guard mistakes.isEmpty else {
      Selection.complain(mistakes)
      throw Status.wrongFiles.exitCode
    }
    let others = targets.isEmpty ? "" : targets.count == 1 ? " and another" : " and \(targets.count) others"
    Output.write(
      "\(plan.scenarios.count.counted("scenario")) with \(plan.caseCount.counted("test case")), \(library.invariants.count.counted("invariant")), \(library.requirements.count.counted("requirement")), the target '\(plan.target.name)'\(others): no mistakes"
    )
  }

  /// A whole pack is looked at, not a part of one.
  private var isWhole: Bool { selection.paths.contains { FileManager.default.fileExists(atPath: Path.join($0, "requirements.yaml")) } }

  /// The target files of the pack beside the one that is chosen.
  private var otherTargets: [String] {
    selection.paths.flatMap { path -> [String] in
      let folder = path.hasSuffix("/") ? "\(path)targets" : "\(path)/targets"
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".expected.yaml") }.sorted().map { "\(folder)/\($0)" }
    }.filter { $0 != selection.targetPath }
  }
}
