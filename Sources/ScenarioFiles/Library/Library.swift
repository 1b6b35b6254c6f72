// All files of a run, loaded at once, with all their mistakes.

public import ConformanceModel
import Foundation

/// The requirements and scenarios below some paths.
public struct Library: Sendable {
  public var packVersion: String?
  public var areas: [RequirementSuite]
  public var requirements: [Requirement]
  public var invariants: [Invariant]
  /// In the order of their areas and ids.
  public var scenarios: [Scenario]

  /// Reads every scenario in and below the paths.
  ///
  /// - Throws: `Mistakes` with all mistakes of all files.
  public static func load(_ paths: [String]) throws(Diagnostics) -> Library {
    var diagnostics: [Diagnostic] = []
    var found: [ScenarioPath] = []
    for path in paths {
      do throws(Diagnostic) { found += try ScenarioPath.find(path) } catch { diagnostics.append(error) }
    }
    var spellings = Spellings()
    var seen: Set<String> = []
    found = found.filter { seen.insert(spellings.first(of: $0.path)).inserted }
    for index in found.indices {
      found[index].requirementsFile = found[index].requirementsFile.map { spellings.first(of: $0) }
    }
    var version: String?
    var requirements: [String: [Requirement]] = [:]
    var broken: Set<String> = []
    var areas: [RequirementSuite] = []
    for root in Set(found.compactMap(\.requirementsFile)).sorted() {
      let file = SourceFile(path: root)
      let loaded = RequirementsLoader().load(file)
      requirements[root] = loaded.requirements
      version = version ?? loaded.version
      areas += loaded.areas.filter { area in !areas.contains { $0.prefix == area.prefix } }
      diagnostics += file.diagnostics
      // which ids there are cannot be told then, and what is wrong is said already
      if !file.diagnostics.isEmpty { broken.insert(root) }
    }
    let ids = requirements.mapValues { Set($0.map(\.id)) }
    var invariants: [Invariant] = []
    for root in requirements.keys.sorted() {
      let path = Path.join(Path.folder(of: root), "invariants.yaml")
      guard access(path, F_OK) == 0 else { continue }
      let file = SourceFile(path: path)
      invariants += InvariantsLoader(requirements: broken.contains(root) ? nil : ids[root]).load(file)
      diagnostics += file.diagnostics
    }
    let loaded = inParallel(found) { [broken] path in
      let file = SourceFile(path: path.path)
      let known = path.requirementsFile.map { broken.contains($0) ? nil : ids[$0] } ?? []
      let loader = ScenarioLoader(requirements: known, area: path.area)
      return (loader.load(file), file.diagnostics)
    }
    var scenarios: [Scenario] = []
    var places: [String: Place] = [:]
    for invariant in invariants {
      if let first = places[invariant.id] {
        diagnostics.append(
          Diagnostic(
            place: invariant.place,
            message: "the id '\(invariant.id)' is already that of \(first.file):\(first.line); ids are for ever"))
      }
      places[invariant.id] = invariant.place
    }
    for (scenario, own) in loaded {
      diagnostics += own
      guard let scenario else { continue }
      if let first = places[scenario.id] {
        diagnostics.append(
          Diagnostic(
            place: scenario.place,
            message: "the id '\(scenario.id)' is already that of \(first.file); ids are for ever and for one scenario"))
      } else {
        places[scenario.id] = scenario.place
      }
      scenarios.append(scenario)
    }
    guard diagnostics.isEmpty else { throw Diagnostics(diagnostics) }
    let all = requirements.keys.sorted().flatMap { requirements[$0] ?? [] }
    return Library(
      packVersion: version, areas: areas, requirements: all, invariants: invariants,
      scenarios: scenarios.sorted { ($0.area, $0.id) < ($1.area, $1.id) })
  }

  /// Half of the files on a second thread: parsing YAML is the largest part of a start.
  private static func inParallel<Item: Sendable, Result: Sendable>(
    _ items: [Item], _ body: @Sendable (Item) -> Result
  ) -> [Result] {
    guard items.count > 8 else { return items.map(body) }
    let chunks = 4
    let results = Locked<[Int: [Result]]>([:])
    DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
      let part = items[items.count * chunk / chunks..<items.count * (chunk + 1) / chunks].map(body)
      results.withLock { $0[chunk] = part }
    }
    return results.withLock { all in (0..<chunks).flatMap { all[$0] ?? [] } }
  }
}

extension Target {
  /// Reads a target file.
  public static func load(_ path: String) throws(Diagnostics) -> Target {
    let file = SourceFile(path: path)
    let target = TargetLoader().load(file)
    guard let target, file.diagnostics.isEmpty else { throw Diagnostics(file.diagnostics) }
    return target
  }
}
