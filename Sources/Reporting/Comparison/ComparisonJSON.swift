// A comparison as JSON. Reports/README.md documents the members.

import ConformanceModel
import JSONValue

enum ComparisonJSON {
  /// The version of the format; incremented if the meaning of a member changes.
  static let format = 1

  static func render(_ comparison: Comparison) -> JSON {
    var counts = Comparison.Change.allCases.map { JSON.Member($0.rawValue, .int(comparison.count($0))) }
    counts += [
      .init("unchanged", .int(comparison.unchanged)), .init("in-both", .int(comparison.shared)),
      .init("lost-coverage", .int(comparison.lostCoverage)),
    ]
    let slower = comparison.slower
    var members: [JSON.Member] = [
      .init("comparison", .int(format)), .init("regressed", .bool(comparison.fails(isStrict: false))),
      .init("regressed-strictly", .bool(comparison.fails(isStrict: true))), .init("old", side(comparison.old)),
      .init("new", side(comparison.new)),
      .init("counts", .object(counts)), .init("cases", .array(comparison.entries.map(entry))),
      .init(
        "slower",
        .object([
          .init("run", .double(slower.machine, decimals: 3)), .init("measured", .int(slower.measured)),
          .init(
            "cases",
            .array(slower.entries.map(slowCase))),
        ])),
    ]
    if !comparison.flaky.isEmpty {
      let flaky = comparison.flaky.map { one -> JSON in ["id": .string(one.id), "attempts": .string(one.attempts)] }
      members.append(.init("flaky", .array(flaky)))
    }
    if let responses = comparison.responses {
      members.append(.init("changed-responses", .array(responses.map(response))))
      members.append(.init("different-steps", .int(comparison.differentSteps)))
    }
    return .object(members)
  }

  private static func slowCase(_ entry: Slowness.Entry) -> JSON {
    ["id": .string(entry.id), "before": .double(entry.before), "now": .double(entry.now)]
  }

  private static func side(_ side: Comparison.Side) -> JSON {
    var members: [JSON.Member] = [.init("path", .string(side.path))]
    if let target = side.target { members.append(.init("target", .string(target))) }
    if let startedAt = side.startedAt { members.append(.init("started-at", .string("\(startedAt)"))) }
    if let stopped = side.stopped { members.append(.init("stopped", .string(stopped))) }
    if !side.notes.isEmpty { members.append(.init("notes", .array(side.notes.map { .string($0) }))) }
    members.append(.init("cases", .int(side.cases)))
    members.append(
      .init(
        "verdicts",
        .object(Verdict.allCases.compactMap { one in side.counts[one].map { .init(one.rawValue, .int($0)) } })))
    return .object(members)
  }

  private static func entry(_ entry: Comparison.Entry) -> JSON {
    var members: [JSON.Member] = [.init("id", .string(entry.id)), .init("change", .string(entry.change.rawValue))]
    if let title = entry.title { members.append(.init("title", .string(title))) }
    members += [
      .init("before", entry.before.map { .string($0.rawValue) } ?? .null),
      .init("now", entry.now.map { .string($0.rawValue) } ?? .null),
    ]
    if let reason = entry.reasonBefore { members.append(.init("reason-before", .string(reason))) }
    if let reason = entry.reasonNow { members.append(.init("reason-now", .string(reason))) }
    if entry.hasOtherReason { members.append(.init("other-reason", true)) }
    if let place = entry.place { members += [.init("file", .string(place.file)), .init("line", .int(place.line))] }
    return .object(members)
  }

  private static func response(_ response: ChangedResponse) -> JSON {
    [
      "subject": .string(response.subject), "before": .string(response.before), "now": .string(response.now),
      "cases": .int(response.cases),
      "examples": .array(
        response.examples.map {
          ["id": .string($0.id), "step": .string($0.step), "file": .string($0.place.file), "line": .int($0.place.line)]
        }),
    ]
  }
}
