// A pack with every misbehaviour and with well-behaved requests; output and memory of its run.

import ConformanceModel
import Foundation
import HostileEndpoint
import JSONValue
import RunEvents
import Testing

/// A run against a hostile endpoint: the result of each case, by its id.
struct HostileRun {
  let workspace: Workspace
  var outcome: Outcome
  var cases: [String: CaseRecord] = [:]
  /// The peak memory of the program, in bytes.
  var peak = 0

  /// Runs a case for each misbehaviour, and 20 that meet none.
  init(_ misbehaviours: [Misbehaviour], at server: HostileServer, _ arguments: [String]) throws {
    try self.init(Workspace(misbehaviours: misbehaviours, at: server), arguments)
  }

  init(_ workspace: Workspace, _ arguments: [String], environment: [String: String] = [:]) throws {
    self.workspace = workspace
    (outcome, peak) = try workspace.measured(
      arguments, environment: environment.merging(["TEST_SECRET": Workspace.secret, "no_proxy": "*"]) { $1 })
    guard workspace.exists("Reports/run.jsonl") else { return }
    for line in try workspace.read("Reports/run.jsonl").split(separator: "\n") {
      if case .caseFinished(let record) = try Event(decoding: try JSON(parsing: String(line))) {
        cases[record.planned.id] = record
      }
    }
  }

  func expectGoodCases(location: SourceLocation = #_sourceLocation) {
    for number in 1...20 {
      let record = cases["good-\(number)"]
      #expect(
        record?.verdict == .passed, "good-\(number): \(record?.findings.map(\.message) ?? ["has not ended"])",
        sourceLocation: location)
    }
  }

  /// Expects less than 64 MiB more than another run took.
  ///
  /// - Parameter again: The same run once more. Large bodies wait in memory while other tests take the processors; then
  ///   this run decides.
  func expectLittleMemory(
    beside other: HostileRun, again: () throws -> HostileRun, location: SourceLocation = #_sourceLocation
  ) throws {
    other.expectGoodCases(location: location)
    // a sanitizer takes several times as much for itself
    guard ProcessInfo.processInfo.environment["TSAN_OPTIONS"] == nil else { return }
    #expect(peak > 0 && other.peak > 0, sourceLocation: location)
    let limit = other.peak + (64 << 20)
    let peak = try peak < limit ? peak : again().peak
    #expect(
      peak < limit, "\(peak >> 20) MiB, and \(other.peak >> 20) MiB where the endpoint behaves",
      sourceLocation: location)
  }

  /// Expects that a case ended as its misbehaviour has it.
  func expect(_ misbehaviour: Misbehaviour, location: SourceLocation = #_sourceLocation) {
    guard let record = cases[misbehaviour.name] else {
      Issue.record("\(misbehaviour.name) has not ended", sourceLocation: location)
      return
    }
    let said = record.findings.map {
      "\($0.kind.rawValue): \($0.message) \($0.exchange?.responseBody.isCut == true ? "cut after \($0.exchange?.responseBody.size ?? 0) bytes" : "")"
    }
    let verdict: Misbehaviour.Verdict? =
      switch record.verdict {
      case .passed: .passed
      case .failed: .failed
      case .errored: .errored(record.findings.first?.kind.rawValue ?? "")
      default: nil
      }
    #expect(
      verdict == misbehaviour.verdict, "\(misbehaviour.name): \(record.verdict) \(said)", sourceLocation: location)
    for word in misbehaviour.says {
      #expect(
        said.contains { $0.contains(word) }, "\(misbehaviour.name) says nothing of '\(word)': \(said)",
        sourceLocation: location)
    }
    for finding in record.findings {
      #expect(
        finding.message.utf8.count < 4000,
        "the message of \(misbehaviour.name) has \(finding.message.utf8.count) bytes", sourceLocation: location)
    }
  }
}

extension Workspace {
  /// A pack of one case for each misbehaviour, and 20 cases whose requests meet none.
  convenience init(misbehaviours: [Misbehaviour], at server: HostileServer) throws {
    var scenarios: [String: String] = [:]
    for one in misbehaviours {
      let step = one.step.replacing("URL", with: "/hostile/\(one.name)").replacing("NAME", with: one.name)
        .replacing("GOOD", with: "/good/\(one.name)").replacing("CREDENTIAL", with: Workspace.secret)
      scenarios[one.name] = "title: It meets \(one.name)\ncovers: TST-01\nsteps:\n  - \(step)\n"
    }
    for number in 1...20 {
      scenarios["good-\(number)"] = """
        title: It meets none
        covers: TST-01
        steps:
          - repeat: 20
            steps:
              - http: { url: "/good/\(number)-${index}" }
                expect: { status: 200, json: { path: "/good/\(number)-${index}" } }
        """
    }
    try self.init(
      scenarios: scenarios,
      target: Workspace.bareTarget(server.url).replacing("inbound-url: /in", with: "inbound-url: /hostile"))
  }

  /// Runs the program to its end, and measures its memory.
  func measured(_ arguments: [String], environment: [String: String]) throws -> (Outcome, peak: Int) {
    let (process, output, errors) = try start(arguments, environment: environment, within: 120, measured: true)
    process.waitUntilExit()
    let peak = Int(try read("peak").filter(\.isNumber)) ?? 0
    return (
      try Outcome(status: process.terminationStatus, output: Workspace.text(output), errors: Workspace.text(errors)),
      peak << 10
    )
  }
}
