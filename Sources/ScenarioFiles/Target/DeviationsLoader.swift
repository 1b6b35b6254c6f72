// Reads the file of expected deviations of a target.

import ConformanceModel
import JSONValue
import YAML

extension TargetKeywords {
  static let deviations = [
    Keyword(
      "expected", "the known deviations, each with its reason",
      Shape.list(Shape.closed(deviation, required: ["id", "reason"])))
  ]

  static let deviation = [
    Keyword("id", "the id of a scenario, of one of its cases, or of an invariant", Shape.text),
    Keyword("step", "the step that fails, in the words of the reports; default: any", Shape.text),
    Keyword("subject", "the part of the response that deviates, such as status; default: any", Shape.text),
    Keyword("seen", "the value with which the target responds; default: any", Shape.scalar),
    Keyword("reason", "why the target is known to deviate", Shape.text),
  ]
}

extension TargetLoader {
  /// Reads the file that `expected-deviations` names.
  func deviations(_ reader: YAMLReader) -> [Target.ExpectedDeviation] {
    guard let text = reader.text("expected-deviations") else { return [] }
    guard text.hasSuffix(".expected.yaml") else {
      reader.diagnostic("the file must be named NAME.expected.yaml, so that it is not taken for a target file")
      return []
    }
    let file = SourceFile(path: reader.file.neighbour(text))
    defer { reader.file.adopt(file) }
    guard let fields = file.parse()?.fields("expected deviations", TargetKeywords.deviations, required: ["expected"]),
      let expected = fields["expected"]
    else { return [] }
    if expected.node.kind == .mapping {
      expected.diagnostic("expected a list of entries such as: - { id: SCENARIO, reason: TEXT }")
      return []
    }
    var entries: [Target.ExpectedDeviation] = []
    for item in expected.list("expected") ?? [] {
      guard let entry = deviation(item) else { continue }
      if let other = entries.first(where: { $0.hasSameConditions(as: entry) }) {
        item.diagnostic(
          "the same deviation of '\(entry.id.prefix(60))' is in line \(other.place.line); remove one of the entries, "
            + "or distinguish them by step, subject or seen")
      }
      entries.append(entry)
    }
    return entries
  }

  private func deviation(_ reader: YAMLReader) -> Target.ExpectedDeviation? {
    guard
      let fields = reader.fields(
        "an expected deviation", TargetKeywords.deviation, required: ["id", "reason"]),
      let idReader = fields["id"], let id = idReader.text("id"),
      let reasonReader = fields["reason"], let reason = reasonReader.text("reason")
    else { return nil }
    if reason.allSatisfy(\.isWhitespace) { reasonReader.diagnostic("reason is empty; expected text") }
    var deviation = Target.ExpectedDeviation(id: id, reason: reason, place: idReader.place)
    deviation.step = fields["step"]?.text("step")
    deviation.subject = fields["subject"]?.text("subject")
    deviation.seen = fields["seen"]?.text("seen")
    return deviation
  }
}

extension Target.ExpectedDeviation {
  fileprivate func hasSameConditions(as other: Self) -> Bool {
    id == other.id && step == other.step && subject == other.subject && seen == other.seen
  }
}
