import ConformanceModel
import JSONValue
import ScenarioFiles
import TestSupport
import Testing

@Suite("The types of scalars")
struct ScalarTests {
  @Test(
    "follow the core schema of YAML 1.2, with the numbers of JSON",
    arguments: [
      ("", "null"), ("~", "null"), ("null", "null"), ("Null", "null"), ("NULL", "null"), ("nULL", "\"nULL\""),
      ("nullable", "\"nullable\""), ("'null'", "\"null\""), ("''", "\"\""), ("true", "true"), ("True", "true"),
      ("FALSE", "false"), ("false", "false"), ("tRUE", "\"tRUE\""), ("yes", "\"yes\""), ("\"true\"", "\"true\""),
      ("0", "0"), ("-0", "-0"), ("12", "12"), ("1.50", "1.50"), ("-1e5", "-1e5"), ("1E+05", "1E+05"),
      ("1.5e-3", "1.5e-3"),
      ("'12'", "\"12\""), ("012", "\"012\""), ("1.", "\"1.\""), (".5", "\".5\""), ("+1", "\"+1\""), ("--", "\"--\""),
      ("1e", "\"1e\""), ("1e+", "\"1e+\""), ("1_000", "\"1_000\""), ("0x1F", "\"0x1F\""), ("1.2.3", "\"1.2.3\""),
      ("12:30", "\"12:30\""), ("2024-01-02", "\"2024-01-02\""), ("-x", "\"-x\""), ("é", "\"é\""), ("1é", "\"1é\""),
    ])
  func types(_ text: String, _ json: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", "requirements:\n  - { id: A-01, level: must, source: s, text: t }\n")
    let path = try folder.write(
      "suite/one.yaml",
      "title: t\ncovers: [A-01]\nsteps:\n- http:\n    url: /\n    json:\n      key: \(text)\n  expect: { status: 200 }\n"
    )
    let scenario = try #require(try Library.load([path]).scenarios.first)
    guard case .http(let request) = scenario.steps.first?.operation, case .literal(let body) = request.json else {
      Issue.record("no request with a body: \(scenario.steps)")
      return
    }
    #expect(body.compact == "{\"key\":\(json)}")
  }
}
