// Loads scenario and target files for all subcommands, and reports what is wrong in them.

import ConformanceModel
import Execution
import Glibc
import ScenarioFiles

enum PackFiles {
  /// The scenarios, and the target.
  ///
  /// - Throws: `ExitCode`, after all mistakes in the files have been printed.
  static func load(_ paths: [String], target path: String) throws -> (Library, Target) {
    var diagnostics: [Diagnostic] = []
    var library: Library?
    var target: Target?
    do throws(Diagnostics) { library = try Library.load(paths) } catch { diagnostics += error.list }
    do throws(Diagnostics) { target = try Target.load(path) } catch { diagnostics += error.list }
    guard let library, let target, diagnostics.isEmpty else {
      report(diagnostics)
      throw ExitStatus.usageError.exitCode
    }
    return (library, target)
  }

  /// A plan of everything below these paths, without selection.
  static func plan(_ paths: [String], target path: String) throws -> Plan {
    let (library, target) = try load(paths, target: path)
    return Plan(
      scenarios: library.scenarios, requirements: library.requirements, invariants: library.invariants, target: target,
      allowsSideEffects: true)
  }

  static func target(_ path: String) throws -> Target {
    do throws(Diagnostics) { return try Target.load(path) } catch {
      report(error.list)
      throw ExitStatus.usageError.exitCode
    }
  }

  /// The scenarios and requirements below these paths, without a target.
  static func library(_ paths: [String]) throws -> Library {
    do throws(Diagnostics) { return try Library.load(paths) } catch {
      report(error.list)
      throw ExitStatus.usageError.exitCode
    }
  }

  /// The target file of the reference service in the pack.
  static func referenceTarget(of paths: [String]) -> String {
    let candidates = paths.map { $0.hasSuffix("/") ? "\($0)targets/reference.yaml" : "\($0)/targets/reference.yaml" }
    return candidates.first { access($0, F_OK) == 0 } ?? "Scenarios/targets/reference.yaml"
  }

  /// Checks the environment variables that the target file uses; all that are missing are reported at once.
  ///
  /// - Throws: `ExitCode`; nothing has been sent then.
  static func requireVariables(of target: Target) throws {
    let missing = target.variables.filter { getenv($0.name) == nil }
    guard !missing.isEmpty else { return }
    for variable in missing { Output.error("\(variable.place): the environment variable \(variable.name) is not set") }
    Output.error("set \(missing.count == 1 ? "it" : "them") and run again; nothing was sent")
    throw ExitStatus.usageError.exitCode
  }

  static func report(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics { Output.error(diagnostic.description) }
    let files = Set(diagnostics.map(\.place.file)).count
    Output.error("\(diagnostics.count.counted("mistake")) in \(files.counted("file")); nothing was sent")
  }
}
