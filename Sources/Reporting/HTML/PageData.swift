// The data of the page's script: the run as JSON, in the format of the log's events.

import ConformanceModel
import JSONValue
import RunEvents

struct PageData {
  /// In bytes. A larger page is slow to open: the steps of passed cases are omitted, with a note.
  static let maxSize = 8 << 20

  private let log: RunLog
  /// For each case with findings, as a member of an object: the step and the deviation entry of each finding.
  private var links: [String] = []

  init(_ log: RunLog) throws(ReportError) {
    self.log = log
    try make()
  }

  /// In UTF-8, safe inside a script element.
  private(set) var json: [UInt8] = []
  /// How many cases are without their steps.
  private(set) var omitted = 0

  private mutating func make() throws(ReportError) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1 << 20)
    bytes += #"{"run":"#.utf8
    write(.runStarted(log.run), to: &bytes)
    if let summary = log.summary {
      bytes += #","summary":"#.utf8
      write(.runFinished(summary), to: &bytes)
    }
    bytes += #","advances":["#.utf8
    for (index, advance) in log.clockAdvances.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      let times = [advance.from.milliseconds, advance.to.milliseconds, advance.wall.milliseconds]
      bytes += "[\(times.map(String.init).joined(separator: ",")),\(advance.woken)]".utf8
    }
    bytes += #"],"cases":{"#.utf8
    let numbers = PageModel.shown(log)
    for (index, number) in numbers.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += "\"\(number)\":".utf8
      var record = try log.record(number)
      for index in record.findings.indices {
        // the script shows the sentence as it is
        record.findings[index].statement = FindingText.headline(record.findings[index])
        // the steps have the exchanges
        record.findings[index].exchange = nil
      }
      write(.caseFinished(record), to: &bytes)
    }
    bytes += #"},"steps":{"#.utf8
    omitted = try writeSteps(of: numbers, to: &bytes)
    bytes += "},\"links\":{".utf8
    HTMLText.script(Array(links.joined(separator: ",").utf8), to: &bytes)
    bytes += "},\"omitted\":\(omitted)".utf8
    bytes.append(UInt8(ascii: "}"))
    json = bytes
  }

  private func write(_ event: Event, to bytes: inout [UInt8]) {
    var line: [UInt8] = []
    event.encode(to: &line)
    HTMLText.script(line, to: &bytes)
  }

  /// The steps of failed, errored and warned cases, then those of other cases as long as there is room.
  ///
  /// - Returns: How many cases are without their steps.
  private mutating func writeSteps(of numbers: [Int], to bytes: inout [UInt8]) throws(ReportError) -> Int {
    let index = try StepIndex(log)
    var omitted = 0
    var isFirst = true
    let findings = numbers.filter { log.verdict($0).isFinding }
    for number in findings + numbers.filter({ !log.verdict($0).isFinding }) {
      let record = try log.record(number)
      let size = index.size(of: number)
      guard bytes.count + size + size / 4 < PageData.maxSize else {
        omitted += 1
        link(record, [])
        continue
      }
      let steps = size > 0 ? try index.steps(of: number) : violations(record)
      link(record, steps)
      guard !steps.isEmpty else { continue }
      bytes += "\(isFirst ? "" : ",")\"\(number)\":[".utf8
      isFirst = false
      for (index, step) in steps.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        write(step, to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    }
    return omitted
  }

  /// Adds the links of a case.
  private mutating func link(_ record: CaseRecord, _ steps: [StepRecord]) {
    guard !record.findings.isEmpty else { return }
    let items = record.findings.map { finding -> JSON in
      var members: [JSON.Member] = []
      if let step = FindingStep.index(of: finding, in: steps) { members.append(.init("step", .int(step))) }
      if let entry = DeviationEntry.text(finding, of: record) { members.append(.init("entry", .string(entry))) }
      return .object(members)
    }
    links.append("\"\(record.planned.number)\":\(JSON.array(items).compact)")
  }

  /// An invariant has no steps of its own: the exchanges that violate it are shown as its steps.
  private func violations(_ record: CaseRecord) -> [StepRecord] {
    record.findings.compactMap { finding in
      guard let exchange = finding.exchange else { return nil }
      let subject = finding.subject ?? record.planned.title
      return StepRecord(
        number: record.planned.number, line: finding.place?.line ?? record.planned.line,
        sentence: finding.step ?? record.planned.title,
        wall: finding.wall ?? record.startedAt, simulated: finding.simulated ?? record.simulatedStart,
        exchange: exchange,
        checks: [CheckRecord(subject: subject, severity: finding.verdict == .warned ? .should : .must, holds: false)])
    }
  }

  /// A step, with the `curl` command that repeats its request.
  private func write(_ step: StepRecord, to bytes: inout [UInt8]) {
    var line: [UInt8] = []
    Event.stepFinished(step).encode(to: &line)
    if let curl = step.exchange.flatMap(Curl.command(for:)) {
      line.removeLast()
      line += #","curl":"#.utf8
      JSON.write(curl, to: &line)
      line.append(UInt8(ascii: "}"))
    }
    HTMLText.script(line, to: &bytes)
  }
}
