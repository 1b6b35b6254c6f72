import Foundation
import Testing

@Suite("conform docs") struct DocsTests {
  private static let expiry = """
    title: A token works for 24 hours, <b>and</b> not *longer*
    covers: [TST-01, TST-02]
    when: { token-lifetime: 86400 }
    given:
      - create-client: { as: erp }
      - request-token: { as: token, client: erp }
    steps:
      - wait: 23h 59m 59s
      - post-payload: { token: token, payload: valid }
        expect: accepted
      - wait: 1s
      - post-payload: { token: token, payload: valid }
        expect:
          status: 401
          should: { challenge: { scheme: Bearer, error: invalid_token } }
    """

  private func written(_ arguments: String...) throws -> (workspace: Workspace, markdown: String, html: String) {
    let workspace = try Workspace(scenarios: ["expiry": DocsTests.expiry])
    if arguments.contains("--log") { #expect(try workspace.conform("run").status == 0) }
    let process = try workspace.start(["docs", "-o", "out"] + arguments, within: 60)
    process.0.waitUntilExit()
    let errors = try Workspace.text(process.errors)
    #expect(process.0.terminationStatus == 0, "\(errors)")
    return (workspace, try workspace.read("out/behaviour.md"), try workspace.read("out/behaviour.html"))
  }

  @Test("writes the steps as sentences, below the first requirement that they verify")
  func sentences() throws {
    let (_, markdown, html) = try written()
    for line in [
      "### TST-01 (must)", "Source: a test.", "Applies if `token-lifetime` is `86400`.",
      "Given a client `erp` and a token `token` of `erp`.",
      "- When 23 hours, 59 minutes and 59 seconds have passed, and the payload `valid` is posted with `token`, then the payload is accepted.",
      "- When 1 second has passed, and the payload `valid` is posted with `token`, then the status is `401`; ideally the response has a `Bearer` challenge whose `error` is `invalid_token`.",
      "Also verified by: *A token works for 24 hours",
    ] { #expect(markdown.contains(line), "\(line)") }
    #expect(
      html.contains(
        "<li>When 23 hours, 59 minutes and 59 seconds have passed, and the payload <code>valid</code> is posted with <code>token</code>, then the payload is accepted.</li>"
      ))
    #expect(!markdown.contains("Result:"))
  }

  @Test("writes the content of the files as text, never as markup")
  func escaping() throws {
    let (_, markdown, html) = try written()
    #expect(html.contains("<h4>A token works for 24 hours, &lt;b&gt;and&lt;/b&gt; not *longer*</h4>"))
    #expect(markdown.contains("#### A token works for 24 hours, \\<b\\>and\\</b\\> not \\*longer\\*"))
  }

  @Test("names the level of a requirement under each profile that has its own, and so does list")
  func levels() throws {
    let workspace = try Workspace(scenarios: ["one": RunTests.passing])
    try workspace.write(
      "requirements:\n  - { id: TST-01, level: should, levels: { patchworks: must }, source: RFC 9110, text: It holds. }\n",
      to: "Scenarios/requirements.yaml")
    #expect(try workspace.conform("docs", "-o", "out").status == 0)
    let markdown = try workspace.read("out/behaviour.md")
    #expect(markdown.contains("### TST-01 (should, must under the profile patchworks)\n"))
    #expect(markdown.contains("| **All** | 1 | 1 | 1 |"))
    #expect(try workspace.conform("list", "--requirements").output.contains("TST-01 must: It holds."))
    let oauth = try workspace.conform("list", "--requirements", "--profile", "oauth")
    #expect(oauth.output.contains("TST-01 should: It holds."))
  }

  @Test("with a log, shows the result of each requirement, and an exchange")
  func log() throws {
    let (workspace, markdown, html) = try written("--log", "Reports/run.jsonl")
    #expect(markdown.contains("State: **met**."))
    #expect(markdown.contains("Result: passed."))
    #expect(
      markdown.contains("POST /v1/acme/orders HTTP/1.1\nAuthorization: Bearer $TOKEN"), "\(markdown.suffix(1500))")
    #expect(html.contains("<span class=\"state passed\">met</span>"))
    #expect(html.contains("<summary>Example exchange</summary>"))
    #expect(workspace.exists("out/behaviour.html"))
  }

  @Test("names the first forty cases of a scenario, and counts the others")
  func cases() throws {
    let workspace = try Workspace(scenarios: ["one": DocsTests.expiry])
    for (count, end) in [(2, "`value=1`, `value=2`."), (42, "`value=40` and 2 more.")] {
      let rows = (1...count).map { "{ value: \($0) }" }.joined(separator: ", ")
      try workspace.write(
        DocsTests.expiry.replacing("given:", with: "cases: [\(rows)]\ngiven:")
          .replacing("payload: valid", with: "payload: valid, headers: { X-Value: \"${value}\" }"),
        to: "Scenarios/area/one.yaml")
      let outcome = try workspace.conform("docs", "-o", "out")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let markdown = try workspace.read("out/behaviour.md")
      #expect(markdown.contains("\nFor each of: `value=1`, ") && markdown.contains("\(end)\n"), "\(markdown)")
    }
  }

  @Test("counts what is covered")
  func coverage() throws {
    let (_, markdown, _) = try written()
    #expect(markdown.contains("| TST | 2 | 1 | 2 | 1 | 1 |"), "\(markdown.prefix(900))")
  }

  @Test("reports what is wrong with a log or a folder, and writes nothing")
  func diagnostics() throws {
    let workspace = try Workspace(scenarios: ["expiry": DocsTests.expiry])
    let missing = try workspace.conform("docs", "-o", "out", "--log", "nowhere.jsonl")
    #expect(missing.status == 2)
    #expect(missing.errors.contains("nowhere.jsonl"))
    #expect(!workspace.exists("out"))
    try workspace.write("in the way", to: "file")
    let folder = try workspace.conform("docs", "-o", "file")
    #expect(folder.status == 3)
    #expect(folder.errors.contains("file: is not a folder; choose another folder with --output"), "\(folder.errors)")
  }
}
