// The small languages in files and header fields: durations, instants, templates, challenges.

import ConformanceModel
import HTTPModel
import JSONValue

/// A parsed duration is written as text that parses as the same duration.
struct DurationReader: Reader {
  let name = "duration"
  let tokens = ["d", "h", "m", "s", "ms", " ", "1h", "200", "73200d", "٣", "-"]
  let structure = Structure.none

  func corpus() -> [[UInt8]] { ["23h 59m 59s", "1d", "250ms", "73200d", "1d 2h 3m 4s 5ms"].map { Array($0.utf8) } }

  func check(_ input: [UInt8]) throws {
    let duration: SimulatedDuration
    do throws(SimulatedDurationError) {
      duration = try SimulatedDuration(parsing: String(decoding: input, as: UTF8.self))
    } catch { return try promise(!error.message.isEmpty, "refused without a message") }
    try promise(
      (0...SimulatedDuration.maxDuration.milliseconds).contains(duration.milliseconds),
      "the duration is out of range: \(duration.milliseconds)")
    try promise(
      (try? SimulatedDuration(parsing: duration.description)) == duration,
      "'\(duration)' is written and parses as another value")
  }
}

struct SimulatedInstantReader: Reader {
  let name = "instant"
  let tokens = ["-", ":", "T", "t", "Z", "z", ".", "+00:00", "-23:59", "0000", "9999", "60", "2024-02-29"]
  let structure = Structure.none

  func corpus() -> [[UInt8]] {
    [
      "2022-07-20T10:03:08Z", "2024-02-29 23:59:60.999+01:00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z",
      "1900-03-01t00:00:00.1-12:30",
    ].map { Array($0.utf8) }
  }

  func check(_ input: [UInt8]) throws {
    guard let instant = SimulatedInstant(rfc3339: String(decoding: input, as: UTF8.self)) else { return }
    try promise(
      SimulatedInstant(rfc3339: instant.description) == instant, "'\(instant)' is written and parses as another value")
  }
}

struct TemplateReader: Reader {
  let name = "template"
  let tokens =
    ["${", "}", "$${", "$", "|", ".", "drop-last", "times 3", "first 2", "change-segment 1", "base64", "unique", "}${"]
    + Filter.names
  let structure = Structure.none

  func corpus() -> [[UInt8]] {
    [
      "${unique}", "Bearer ${token|drop-last}", "$${literal} ${a.b-c|times 3|hex}", "no reference", "$$${a}",
      "${ a | upper }",
    ].map { Array($0.utf8) }
  }

  func check(_ input: [UInt8]) throws {
    let text = String(decoding: input, as: UTF8.self)
    let template: Template
    do throws(TemplateError) { template = try Template(parsing: text) } catch {
      return try promise(
        !error.message.isEmpty && (0...text.unicodeScalars.count).contains(error.offset),
        "the error is outside of the text: \(error)")
    }
    for reference in template.references {
      try promise(reference.path.allSatisfy { !$0.isEmpty }, "a reference has no name")
      try promise(
        (try? Template(parsing: reference.description)) == .reference(reference),
        "'\(reference)' is written and parses as another value")
    }
    let written = TemplateReader.written(template)
    try promise(
      (try? Template(parsing: written)).map(TemplateReader.written).map { Array($0.utf8) } == Array(written.utf8),
      "'\(written.prefix(80))' parses as another value")
    _ = try? template.resolved { (_) throws(UnresolvedReference) in "x/y" }
  }

  private static func written(_ template: Template) -> String {
    switch template {
    case .reference(let reference): reference.description
    case .text(let segments):
      segments.map { segment in
        switch segment {
        case .literal(let text): escaped(text)
        case .reference(let reference): reference.description
        }
      }.joined()
    default: escaped(template.literalText ?? "")
    }
  }

  /// By scalars: a mark behind the brace makes another character of it, but not another reference.
  private static func escaped(_ text: String) -> String {
    String(text.unicodeScalars.replacing("${".unicodeScalars, with: "$${".unicodeScalars))
  }
}

/// One header field per line.
struct ChallengeReader: Reader {
  let name = "challenge"
  let tokens = ["Bearer", "Basic", " ", "=", "\"", "\\", ",", "realm", "error=\"invalid_token\"", "YWxhZGRpbg==", "\t"]
  let structure = Structure.none

  func corpus() -> [[UInt8]] {
    [
      "Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"it is \\\"old\\\"\"",
      "Basic realm=a, Bearer", "Negotiate YWxhZGRpbg==, Digest a = b",
      "Bearer\nBasic realm=\"x\"", ",, ,",
    ].map { Array($0.utf8) }
  }

  func check(_ input: [UInt8]) throws {
    let challenges = Challenges(input.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }).list
    try promise(
      challenges.allSatisfy { !$0.scheme.isEmpty && $0.parameters.allSatisfy { !$0.name.isEmpty } },
      "a challenge has no scheme, or a parameter has no name")
    let written = challenges.map { challenge in
      let parameters = challenge.parameters.map {
        "\($0.name)=\"\($0.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
      }
      let rest = challenge.token68 ?? parameters.joined(separator: ", ")
      return challenge.scheme + (rest.isEmpty ? "" : " ") + rest
    }.joined(separator: ", ")
    try promise(
      Challenges([written]).list.map(\.json.compact) == challenges.map(\.json.compact),
      "'\(written.prefix(200))' parses as another value")
  }
}
