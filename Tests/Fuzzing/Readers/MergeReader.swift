// Logs of shards: a merged log is a log, and can be merged again.

import ConformanceModel
import Reporting
import RunEvents

struct MergeReader: Reader {
  let workplace: Workplace
  let name = "merge"
  let structure = Structure.jsonLines
  let tokens = [
    "\"shard\":1,", "\"shard\":2,", "\"shards\":{\"present\":[1],\"of\":2}",
    "\"shards\":{\"present\":[1,3],\"of\":3,\"merged\":true}", "\"cases\":5", "\"n\":4,", "\"n\":99999,",
  ]

  init(_ workplace: Workplace) { self.workplace = workplace }

  func corpus() -> [[UInt8]] {
    [
      SampleLogs.shard(1, invariant: .passed), SampleLogs.shard(1, invariant: .warned),
      SampleLogs.shard(2, invariant: .failed), SampleLogs.all[0],
    ]
  }

  func check(_ input: [UInt8]) throws {
    try workplace.write(log: input, to: "input.jsonl")
    try workplace.write(log: SampleLogs.shard(2, invariant: .failed), to: "other.jsonl")
    for names in [["input.jsonl"], ["input.jsonl", "other.jsonl"], ["other.jsonl", "input.jsonl"]] {
      do throws(ReportError) {
        try LogMerge(names.map(workplace.path)).write(to: workplace.path("merged.jsonl"))
      } catch {
        try promise(!error.message.isEmpty && error.path.hasPrefix(workplace.folder), "refused without a message")
        continue
      }
      try checkMerged(names)
    }
  }

  private func checkMerged(_ names: [String]) throws {
    let merged = try RunLog(path: workplace.path("merged.jsonl"))
    guard merged.caseCount <= RunLogReader.maxCases else { return }
    for number in merged.numbers { _ = try merged.record(number) }
    try ReportFormat.junit.write(merged, to: workplace.path("merged.xml"))
    try ReportCheck(log: merged).check(.junit, try workplace.read("merged.xml"))
    for name in names {
      let part = try RunLog(path: workplace.path(name))
      try promise(merged.caseCount >= part.caseCount, "only \(merged.caseCount) of \(part.caseCount) cases remain")
    }
    try LogMerge([workplace.path("merged.jsonl")]).write(to: workplace.path("again.jsonl"))
    let again = try RunLog(path: workplace.path("again.jsonl"))
    try promise(again.numbers == merged.numbers, "merging it again changes its cases")
    try promise(
      again.numbers.allSatisfy { again.verdict($0) == merged.verdict($0) }, "merging it again changes its verdicts")
  }
}
