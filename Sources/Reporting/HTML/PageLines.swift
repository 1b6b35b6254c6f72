// The data of the page: lines of the run log, from which its script makes what it shows.

import ConformanceModel
import JSONValue
import RunEvents

/// Chooses the lines that the page has, and copies them as they are.
///
/// The first line is for the page alone: what the script cannot know from the log.
struct PageLines {
  /// In bytes. A larger page is slow to open: the steps of passed cases are omitted, with a note.
  static let maxSize = 8 << 20

  private let log: RunLog
  /// The cases that the page has with all their steps.
  private var whole: Set<Int> = []
  /// The size of these steps in the log.
  private var stepSize = 0
  /// How many cases are without their steps.
  private(set) var omitted = 0
  /// The lines of the cases, each with a line break before it.
  private var cases: ReportParts
  /// For each case with findings, as a member of an object: sentence and deviation entry of each finding.
  private var findings: [UInt8] = []

  /// - Parameters:
  ///   - numbers: The cases on the page.
  ///   - folder: Where the lines of a large run wait.
  init(_ log: RunLog, _ numbers: [Int], folder: String?) {
    self.log = log
    cases = ReportParts(in: folder)
    let withFindings = numbers.filter { log.verdict($0).isFinding }
    let others = numbers.filter { !log.verdict($0).isFinding }
    var room = others.reduce(PageLines.maxSize) { $0 - log.sizes($1).record }
    room = max(room, PageLines.maxSize / 2)
    for number in withFindings + others {
      let sizes = log.sizes(number)
      let size = sizes.steps + (log.verdict(number).isFinding ? sizes.record : 0)
      // some characters are escaped
      guard size + size / 4 <= room else {
        omitted += 1
        continue
      }
      room -= size + size / 4
      stepSize += sizes.steps
      whole.insert(number)
    }
  }

  mutating func add(_ view: CaseView) {
    var line = view.line ?? Event.caseFinished(view.record).bytes
    if !view.record.findings.isEmpty {
      note(view.record)
      // the exchanges of the findings are needed to find their steps
      if !whole.contains(view.planned.number) { line = Event.caseFinished(view.record.withoutExchanges).bytes }
    }
    cases.append { bytes in
      bytes.append(UInt8(ascii: "\n"))
      ScriptData.append(line, to: &bytes)
    }
  }

  private mutating func note(_ record: CaseRecord) {
    let items = record.findings.map { finding -> JSON in
      var members = [JSON.Member("message", .string(FindingText.headline(finding)))]
      if let entry = DeviationEntry.text(finding, of: record) { members.append(.init("entry", .string(entry))) }
      return .object(members)
    }
    findings += "\(findings.isEmpty ? "" : ",")\"\(record.planned.number)\":".utf8
    ScriptData.append(JSON.array(items).compactBytes, to: &findings)
  }

  func write(to sink: ReportSink) throws(ReportError) {
    try sink.write("{\"omitted\":\(omitted),")
    if let alone = RepeatCommand.parts(log.run) {
      var bytes: [UInt8] = []
      ScriptData.append(JSON.array([.string(alone.before), .string(alone.after)]).compactBytes, to: &bytes)
      try sink.write("\"alone\":")
      try sink.write(bytes)
      try sink.write(",")
    }
    try sink.write("\"findings\":{")
    try sink.write(findings)
    try sink.write("}}")
    var bytes: [UInt8] = []
    for event in [.runStarted(log.run)] + log.clockAdvances.map({ Event.clockAdvanced($0) }) {
      bytes.append(UInt8(ascii: "\n"))
      ScriptData.append(event.bytes, to: &bytes)
    }
    try sink.write(bytes)
    try cases.write(to: sink)
    try writeSteps(to: sink)
  }

  /// In the order of the log. They are not decoded: that is left to the browser, for the few cases that are opened.
  private func writeSteps(to sink: ReportSink) throws(ReportError) {
    guard stepSize > 0 else { return }
    var rest = stepSize
    var written = 0
    var bytes: [UInt8] = []
    try log.readStepLines(while: { (line) throws(ReportError) -> Bool in
      guard line.isWhole, let number = LineHead(line.bytes, LineHead.numberedStep)?.number, whole.contains(number)
      else { return true }
      rest -= line.bytes.count
      // text that is not UTF-8 is not an event
      if String(valid: line.bytes) != nil {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(UInt8(ascii: "\n"))
        ScriptData.append(line.bytes, to: &bytes)
        try sink.write(bytes)
        written += bytes.count
      }
      // escaped, text of nothing but markup is six times as long
      return rest > 0 && written < 2 * PageLines.maxSize
    })
  }
}

extension Event {
  fileprivate var bytes: [UInt8] {
    var bytes: [UInt8] = []
    encode(to: &bytes)
    return bytes
  }
}

extension CaseRecord {
  fileprivate var withoutExchanges: CaseRecord {
    var record = self
    for index in record.findings.indices { record.findings[index].exchange = nil }
    return record
  }
}
