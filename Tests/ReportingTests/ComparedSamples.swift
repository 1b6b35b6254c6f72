// Two runs to compare, in a few lines.

import ConformanceModel
import Foundation
import HTTPModel
import RunEvents

@testable import Reporting

/// A case in both runs, as a test wants it: how it ended, and what was answered.
struct SampleCase {
  var id: String
  var verdict: Verdict
  var message: String?
  var seconds = 0.012
  var answers: [ExchangeRecord] = []

  init(
    _ id: String, _ verdict: Verdict, _ message: String? = nil, seconds: Double = 0.012, answers: [ExchangeRecord] = []
  ) {
    self.id = id
    self.verdict = verdict
    self.message = message
    self.seconds = seconds
    self.answers = answers
  }
}

extension Folder {
  /// A run log with these cases.
  func run(_ name: String, _ cases: [SampleCase], end: Event? = Sample.end()) throws -> ComparedRun {
    var events = [Sample.start]
    for (number, one) in cases.enumerated() {
      let planned = Sample.planned(number, scenario: one.id, title: "The title of \(one.id)")
      events.append(.casePlanned(planned))
      for (index, answer) in one.answers.enumerated() {
        events.append(
          .stepFinished(
            StepRecord(
              number: number, line: 10 + index, sentence: "step \(index + 1)", wall: Sample.wall,
              simulated: .documented, exchange: answer, checks: [])))
      }
      let findings = one.message.map { [Sample.finding(one.verdict, .assertion, $0)] } ?? []
      let isReason = one.verdict == .skipped || one.verdict == .pending
      events.append(
        .caseFinished(
          Sample.finished(
            planned, one.verdict, reason: isReason ? one.message : nil, seconds: one.seconds, isReason ? [] : findings))
      )
    }
    if let end { events.append(end) }
    let writer = try RunLogWriter(path: file(name))
    for event in events { writer.append(event.line) }
    try writer.close()
    return try ComparedRun(path: file(name))
  }

  /// A comparison of two run logs with these cases.
  func compare(_ old: [SampleCase], _ new: [SampleCase]) throws -> Comparison {
    try Comparison(run("old.jsonl", old), run("new.jsonl", new))
  }

  /// A file of another tool.
  func junit(_ name: String, _ text: String) throws -> ComparedRun {
    try write(text.utf8, to: name)
    return try ComparedRun(path: file(name))
  }
}

extension Sample {
  /// An answer with these header fields and this body.
  static func answer(_ status: Int = 200, _ headers: [String: String] = [:], _ body: String = "", sent: String = "")
    -> ExchangeRecord
  {
    ExchangeRecord(
      method: "POST", url: "http://127.0.0.1:8080/v1/orders", requestHeaders: [],
      requestBody: BodyRecord(size: sent.utf8.count, text: sent), status: status,
      version: "1.1", responseHeaders: headers.sorted { $0.key < $1.key }.map { HeaderField($0.key, $0.value) },
      responseBody: BodyRecord(size: body.utf8.count, text: body), timings: Timings(total: 0.001))
  }
}
