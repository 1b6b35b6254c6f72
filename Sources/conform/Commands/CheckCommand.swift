// conform check: reports mistakes in files, and sends nothing.

import ArgumentParser
import ConformanceModel
import Execution
import ScenarioFiles

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Reports every mistake in scenario, requirement and target files, with file:line:column.",
    discussion: """
      A target file is recognised by its keys: conform check northwind.yaml. Without one, all files in the folder \
      'targets' of the pack are checked. Nothing is sent, but with --probe.
      """)

  @OptionGroup var selection: SelectionOptions

  @Flag(
    help: ArgumentHelp(
      "Also try the target: each part of its file once.",
      discussion: """
        Makes a client, gets a token, posts the payload 'valid' (not to a live target), lists the clients, reads the \
        inbox and the clock, and says which key of the file does not fit.
        """))
  var probe = false

  @OptionGroup var transport: TransportOptions

  func validate() throws { try transport.check() }

  func run() async throws {
    var diagnostics: [Diagnostic] = []
    var targets: [Target] = []
    var selection = selection
    var named = selection.packs.files.filter(Target.isFile)
    selection.packs.files.removeAll(where: named.contains)
    if selection.target == nil, !named.isEmpty { selection.target = named.removeFirst() }
    for path in named {
      do throws(Diagnostics) { targets.append(try Target.load(path)) } catch { diagnostics += error.list }
    }
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
    for warning in TargetWarnings.of(plan.target) { Output.error("warning: \(warning)") }
    guard probe else { return }
    do {
      let status = try await ProbeSession(target: plan.target, transport: transport).run()
      if status != .conforms { throw status.exitCode }
    } catch let error as StartError {
      error.print()
      throw error.status.exitCode
    }
  }
}
