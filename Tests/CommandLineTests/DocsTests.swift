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

  private static let two = """
    requirements:
      - { id: TST-01, level: must, source: RFC 6749 section 5.1, text: A token works. }
      - { id: TST-02, level: should, source: a page of Patchworks, text: And ends. }
      - { id: TST-03, level: must, source: RFC 6750 section 2, text: It is kept. , unobservable: it is inside }
      - { id: TST-04, level: must, source: RFC 7662 section 2, text: It can be introspected. }
    """

  private func workspaceWithTarget() throws -> Workspace {
    let introspection = """
      title: A token can be introspected
      covers: [TST-04]
      when: { lost-secret: old-set-dies }
      steps:
        - create-client: { as: erp }
          expect: created
      """
    let workspace = try Workspace(scenarios: ["expiry": DocsTests.expiry, "introspection": introspection])
    try workspace.write("pack: \"2.1.0\"\n" + DocsTests.two, to: "Scenarios/requirements.yaml")
    return workspace
  }

  @Test("with a target, writes what its service declares, and what of it the run verified")
  func statement() throws {
    let workspace = try workspaceWithTarget()
    #expect(try workspace.conform("run", "--no-probe").status == 0)
    let target = "Scenarios/targets/reference.yaml"
    let outcome = try workspace.conform("docs", "-o", "out", "--target", target, "--log", "Reports/run.jsonl")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!workspace.exists("out/behaviour.md"))
    let markdown = try workspace.read("out/conformance.md"), html = try workspace.read("out/conformance.html")
    for line in [
      "4 requirements, 3 of them musts. A run found 2 to be met, 0 to be met with warnings and 0 not to be met; 2 are "
        + "not verified.",
      "Profile: patchworks. Pack: version 2.1.0. Run: ",
      "| token | `POST /connectors/${connector.name}/oauth/token` |",
      "| token-lifetime | how long a token is valid, in seconds | `86400` (default) | verified by 1 scenario |",
      "| payload-accepted | the statuses with which a payload is accepted | `[201]` | verified by 1 scenario |",
      "| malformed-payload | the statuses with which broken JSON is refused | `[400]` | not verified |",
      "| TST-01 | must | A token works. | [RFC 6749 section 5.1]"
        + "(https://www.rfc-editor.org/rfc/rfc6749#section-5.1) | met |",
      "not verified: Cannot be observed from outside: it is inside. |",
      "| not verified: applies only if lost-secret is old-set-dies; the target declares old-set-stays |",
    ] { #expect(markdown.contains(line), "\(line)\n\(markdown)") }
    #expect(html.contains("<span class=\"state skipped\">not verified</span>"))
    #expect(html.contains("<span class=\"state passed\">verified by 1 scenario</span>"))
    // what the documentation of Patchworks alone asks for is not part of the other profile
    let oauth = try workspace.conform("docs", "-o", "out", "--target", target, "--profile", "oauth")
    #expect(oauth.status == 0, "\(oauth.errors)")
    let plain = try workspace.read("out/conformance.md")
    #expect(plain.contains("3 requirements, 3 of them musts. None is verified: the document was made without a run."))
    #expect(!plain.contains("TST-02") && !plain.contains("| met |"))
  }

  @Test("what the run was not with is not verified")
  func declaredSince() throws {
    let workspace = try workspaceWithTarget()
    #expect(try workspace.conform("run", "--no-probe").status == 0)
    let path = "Scenarios/targets/reference.yaml"
    let target = try workspace.read(path)
    try workspace.write(target.replacing("payload-accepted: [201]", with: "payload-accepted: [202]"), to: path)
    let statement = { (arguments: String...) in
      try workspace.conform(["docs", "-o", "out", "--target", path, "--log", "Reports/run.jsonl"] + arguments)
    }
    #expect(try statement().status == 0)
    #expect(try workspace.read("out/conformance.md").contains("| `[202]` | not verified: the run was with \\[201\\] |"))
    // neither the log of another target, nor that of another version of the pack
    let name = try #require(target.split(separator: "\n").first { $0.hasPrefix("target: ") })
    try workspace.write(target.replacing(name, with: "target: Another"), to: path)
    let other = try statement()
    #expect(other.status == 2 && other.errors.contains("Reports/run.jsonl: is a run of '"), "\(other.errors)")
    try workspace.write(target, to: path)
    try workspace.write("pack: \"2.2.0\"\n" + DocsTests.two, to: "Scenarios/requirements.yaml")
    let newer = try statement()
    #expect(newer.status == 2, "\(newer.errors)")
    #expect(newer.errors.contains("is a run with the pack in version 2.1.0; this one has version 2.2.0"))
  }

  @Test("lists what changed since a version of the pack")
  func since() throws {
    let workspace = try workspaceWithTarget()
    let record = """
      pack: "2.1.0"
      changes:
        "2.0.0": []
        "2.0.1": [{ requirement: TST-02, change: changed, text: It is a <should>. }]
        "2.1.0": [{ requirement: TST-04, change: added, text: Introspection is new. }]

      """
    try workspace.write(record + DocsTests.two, to: "Scenarios/requirements.yaml")
    #expect(try workspace.conform("docs", "-o", "out", "--since", "2.0").status == 0)
    let markdown = try workspace.read("out/behaviour.md")
    let list = """
      ## Changes since version 2.0.0

      - Version 2.1.0: **TST-04** added. Introspection is new.
      - Version 2.0.1: **TST-02** changed. It is a \\<should\\>.

      """
    #expect(markdown.contains(list), "\(markdown.prefix(2500))")
    #expect(try workspace.read("out/behaviour.html").contains("<a href=\"#tst-02\">TST-02</a></strong> changed."))
    #expect(try workspace.conform("docs", "-o", "out", "--since", "2.1.0").status == 0)
    #expect(try workspace.read("out/behaviour.md").contains("No requirement was added, changed or removed."))
    let early = try workspace.conform("docs", "-o", "out", "--since", "1.9")
    #expect(early.status == 2)
    #expect(early.errors.contains("the record of changes starts with version 2.0.0"), "\(early.errors)")
    try workspace.write(DocsTests.two, to: "Scenarios/requirements.yaml")
    let none = try workspace.conform("docs", "-o", "out", "--since", "2.0")
    #expect(none.status == 2 && none.errors.contains("has no key 'changes'"), "\(none.errors)")
    #expect(try workspace.conform("docs", "--since", "new").status == 2)
    #expect(try workspace.conform("docs", "--profile", "oauth").errors.contains("--profile needs --target"))
  }
}
