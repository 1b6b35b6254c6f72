// The digest at the end of a run log.

import ConformanceModel
import Cryptography
import Reporting
import RunEvents
import Testing

@Suite("The digest of a run log")
struct LogDigestTests {
  @Test(
    "a log that was changed is refused, however consistent it is",
    arguments: [
      { $0.replacing(#""seconds":"#, with: #""seconds": "#, maxReplacements: 1) },
      { $0.replacing(#""severity":"must""#, with: #""severity":"should""#) },
      { $0.replacing("\n", with: "\r\n") },
      // as other programs write JSON
      { $0.replacing(#"{"event":"#, with: #"{ "event" : "#) },
      { $0.replacing(#""event":"run-finished","#, with: #""seconds":0,"event":"run-finished","#) },
      { $0.replacing(#","digest":""#, with: #","sum":""#) },
      { $0.replacing(#","aborted":"interrupted by SIGINT""#, with: "") },
      { $0.split(separator: "\n").filter { !$0.contains("step-finished") }.joined(separator: "\n") + "\n" },
    ] as [@Sendable (String) -> String])
  func edited(_ change: @Sendable (String) -> String) throws {
    let folder = try Folder()
    let step = StepRecord(
      number: 0, id: 1, line: 4, sentence: "wait", wall: Sample.wall, simulated: .documented, exchange: nil,
      checks: [CheckRecord(subject: "status", severity: .must, holds: true)])
    let events = [Sample.start, .casePlanned(Sample.planned(0)), .stepFinished(step)]
    _ = try folder.log(
      events + [
        .caseFinished(Sample.finished(Sample.planned(0), .passed)), Sample.end(aborted: "interrupted by SIGINT"),
      ])
    try folder.write(change(folder.read("run.jsonl")).utf8, to: "run.jsonl")
    for isSkimmed in [true, false] {
      let error = #expect(throws: ReportError.self) {
        try RunLog(path: folder.file("run.jsonl"), isSkimmed: isSkimmed)
      }
      #expect(error?.message.contains("the log was changed") == true, "\(error as Any)")
    }
  }

  @Test("a log without its digest is refused, and one that a killed run left has none")
  func withoutDigest() throws {
    let folder = try Folder()
    let events = [
      Sample.start, .casePlanned(Sample.planned(0)), .caseFinished(Sample.finished(Sample.planned(0), .passed)),
    ]
    let lines = (events + [Sample.end()]).map { String(decoding: $0.line, as: UTF8.self) + "\n" }
    try folder.write(lines.joined().utf8, to: "run.jsonl")
    let error = #expect(throws: ReportError.self) { try RunLog(path: folder.file("run.jsonl")) }
    #expect(error?.message.hasPrefix("line 4: the event run-finished does not end with a digest") == true)
    let killed = try folder.log(events)
    #expect(killed.summary == nil && killed.missingEndNote != nil)
  }

  @Test("the digest is that of the lines before it, also in a log that is continued")
  func continued() throws {
    let folder = try Folder()
    let first = Sample.finished(Sample.planned(0), .pending, reason: "waits until tomorrow")
    _ = try folder.log([Sample.start, .casePlanned(Sample.planned(0)), .caseFinished(first), Sample.end()])
    let former = try folder.bytes("run.jsonl")
    let writer = try RunLogWriter(path: folder.file("run.jsonl"), continuing: true)
    writer.append(Event.caseFinished(Sample.finished(Sample.planned(0), .passed)).line)
    // a resumption that is killed now leaves a run that has not ended
    writer.flush()
    #expect(try RunLog(path: folder.file("run.jsonl")).summary == nil)
    writer.append(Sample.end().line)
    try writer.close()
    let log = try RunLog(path: folder.file("run.jsonl"))
    #expect(log.summary != nil && log.count(.passed) == 1)
    let text = try folder.read("run.jsonl")
    let end = try #require(text.ranges(of: #","digest":""#).last).lowerBound
    let digest = Hex.digits(SHA256.hash(Array(text[..<end].utf8)))
    #expect(text.hasSuffix(#","digest":"\#(digest)"}\#n"#))
    #expect(try folder.bytes("run.jsonl").starts(with: former))
  }
}
