// A file of the history of runs: it is read, or causes a note, and never prevents a report.

import ConformanceModel
import Foundation
import Reporting

struct HistoryReader: Reader {
  let workplace: Workplace
  let name = "history"
  let tokens = [
    "\"cases\":", "\"history\": 1", "\"passed\"", "\"failed\"", "[\"errored\", 0.5]", "2026-11-23T12:00:00Z", "1e308",
    "-1",
  ]
  let structure = Structure.json

  init(_ workplace: Workplace) { self.workplace = workplace }

  private static let target = "Northwind staging"
  private static let former = History.Run(
    startedAt: SimulatedInstant(seconds: 1_795_435_200), host: "ci-1", target: target, version: "1.0.0",
    commit: "c0ffee")
  private static let latest = RecordedRun(
    History.Run(startedAt: SimulatedInstant(seconds: 1_795_435_260), host: "ci-1", target: target, version: "1.0.0"),
    cases: ["a": .init(.passed, seconds: 1), "b/x=1": .init(.failed, seconds: 0.25)])

  func corpus() throws -> [[UInt8]] {
    let cases: [[String: RecordedRun.Outcome]] = [
      ["a": .init(.failed, seconds: 0.5), "b/x=1": .init(.passed, seconds: 2)], [:],
      ["\u{1}": .init(.skipped, seconds: 0), "c": .init(.pending, seconds: 0)],
    ]
    return try cases.map { cases in
      let path = try stored(RecordedRun(HistoryReader.former, cases: cases))
      return try Workplace.read(path)
    }
  }

  /// Writes the run into a new folder, and returns the path of its file.
  private func stored(_ run: RecordedRun) throws -> String {
    try? workplace.removeFolder("runs")
    try workplace.makeFolder("runs")
    try HistoryFolder(workplace.path("runs")).add(run)
    let names = try FileManager.default.contentsOfDirectory(atPath: workplace.path("runs"))
    return workplace.path("runs/\(names.first ?? "")")
  }

  func check(_ input: [UInt8]) throws {
    let path = try stored(RecordedRun(HistoryReader.former, cases: [:]))
    try Data(input).write(to: URL(fileURLWithPath: path))
    let (history, notes) = try HistoryFolder(workplace.path("runs")).history(upTo: HistoryReader.latest)
    try promise(history.runs.last?.startedAt == HistoryReader.latest.run.startedAt, "the run itself is not the latest")
    try promise((1...2).contains(history.runs.count), "one file gives \(history.runs.count) runs")
    try promise(notes.allSatisfy { !$0.isEmpty }, "a note is empty")
    try promise(notes.count <= 1, "one file gives \(notes.count) notes")
    for id in ["a", "b/x=1", "never"] {
      let strip = history.strip(of: id)
      try promise(strip.count == history.runs.count, "the number of results differs from the number of runs")
      _ = (history.judgement(of: id), history.isFlaky(id), history.durationDelta(of: id))
    }
    _ = history.flakyCases
  }
}
