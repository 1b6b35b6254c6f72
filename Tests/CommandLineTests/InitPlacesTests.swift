import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("conform init finds out where values are, and what a replaced secret still does")
struct InitPlacesTests {
  private func showsSecret(_ text: String) -> Bool { text.contains(/secret-\d+-of-the-nested/) }

  private func service(_ change: (inout NestedService.State) -> Void) throws -> NestedService {
    let service = try NestedService()
    service.state.withLock { change(&$0) }
    return service
  }

  @Test(
    "members with names of their own are named by options, or asked for, and their values are not shown",
    arguments: [
      (["--create-id", "/data/app", "--create-secret", "/data/blob"], ""),
      (["--create-id", "app", "--create-secret", "blob"], ""),
      ([], "\n/nowhere\n/data/app\nblob\n"),
    ])
  func named(options: [String], input: String) throws {
    let service = try service { $0.names = ("app", "blob") }
    let workspace = try Workspace.forInit()
    let outcome = try workspace.conform(
      service.options() + options, environment: NestedService.environment, input: input)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let text = try workspace.read("mine.yaml")
    #expect(text.contains(#"answer: { id: "/data/app", secret: "/data/blob" }"#), "\(text)")
    #expect(text.contains(#"answer: { ids: "/data/*/app" }"#), "\(text)")
    guard options.isEmpty else { return }
    for line in [
      "    /data/app: cl… (8 characters)\n", "    /data/blob: secr… (30 characters)\n",
      "  the response has no text or number at /nowhere; it has /data/name, /data/app, /data/blob\n",
    ] { #expect(outcome.output.contains(line), "\(line)\n\(outcome.output)") }
    #expect(!showsSecret(outcome.output), "\(outcome.output)")
  }

  @Test("without an answer, the message names the option, the members and the way without a probe")
  func unnamed() throws {
    let service = try service { $0.names = ("app", "blob") }
    let workspace = try Workspace.forInit()
    let outcome = try workspace.conform(service.options(), environment: NestedService.environment)
    #expect(outcome.status == 2 && !workspace.exists("mine.yaml"))
    #expect(
      outcome.errors == "--create-id is required: the member with the id of the client, one of /data/name, /data/app, "
        + "/data/blob; if no member is it, write the file with --no-probe, and complete 'answer:' in it (JSON Pointer, "
        + "xpath, regex or header); nothing was written\n", "\(outcome.errors)")
    #expect(outcome.output.contains("  the client that was created may be left at the service\n"))
  }

  @Test(
    "a place that cannot be right is refused",
    arguments: [
      (["--create-id", "/data/x"], "--create-id: the response has no text or number at /data/x; it has /data/name, "),
      (["--create-id", "app", "--create-secret", "app"], "--create-secret: id and secret are different members"),
      (["--create-id", "app", "--no-probe"], "--create-id: expected a JSON Pointer (RFC 6901), such as /data/id"),
      (["--list", "GET /c", "--list-ids", "ids", "--no-probe"], "--list-ids: expected a JSON Pointer (RFC 6901)"),
    ])
  func refused(options: [String], message: String) throws {
    let service = try service { $0.names = ("app", "blob") }
    let workspace = try Workspace.forInit()
    let outcome = try workspace.conform(service.options() + options, environment: NestedService.environment)
    #expect(outcome.status == 2 && outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.errors.contains("nothing was written") && !workspace.exists("mine.yaml"))
  }

  @Test("named places are written as they are if nothing is tried, and nothing is left to complete")
  func untried() throws {
    let workspace = try Workspace.forInit()
    let outcome = try workspace.conform(
      "init", "mine.yaml", "--no-probe", "--base-url", "http://127.0.0.1:1", "--token-url", "/t", "--inbound-url",
      "/in",
      "--sample", #"{"id":1}"#, "--create", "POST /c", "--create-id", "/app", "--create-secret", "/blob", "--list",
      "GET /c", "--list-ids", "/items/*/app", "--replace", "POST /c/${client.id}/new", "--replace-id", "/app",
      "--replace-secret", "/next")
    #expect(outcome.status == 0 && !outcome.output.contains("TODO"), "\(outcome.output)\(outcome.errors)")
    let text = try workspace.read("mine.yaml")
    for part in [
      #"answer: { id: "/app", secret: "/blob" }"#, #"answer: { ids: "/items/*/app" }"#,
      #"answer: { id: "/app", secret: "/next" }"#,
    ] { #expect(text.contains(part), "\(part)\n\(text)") }
    #expect(!text.contains("TODO"), "\(text)")
  }

  private typealias Observed = (renewal: NestedService.Renewal, lines: [String], parts: [String])

  private static let observed: [Observed] = [
    (
      .replaces, ["token, by the old set: HTTP 401, error invalid_client", "; the client keeps its id\n"],
      [#"lost-secret: "old-set-dies""#, #"{ id: "/renewed/app", secret: "/renewed/blob" }"#]
    ),
    (
      .adds, ["token, by the old set: HTTP 200; the client keeps its id\n"],
      [#"lost-secret: "old-set-stays""#, #"{ id: { sent: "${client.id}" }, secret: "/renewed/blob" }"#]
    ),
    (
      .creates, ["token, by the old set: HTTP 200; the new set has an id of its own\n"],
      [#"lost-secret: "old-set-stays""#, #"{ id: "/renewed/app", secret: "/renewed/blob" }"#]
    ),
    (
      .ends, ["inbound URL, with a token of the replaced set: HTTP 401"],
      [#"lost-secret: "old-set-dies""#, #"tokens-of-a-replaced-set: "end""#]
    ),
  ]

  @Test("a lost secret is replaced, and what became of the old one is declared", arguments: observed)
  private func replaced(_ observed: Observed) throws {
    let service = try service { ($0.names, $0.renewal) = (("app", "blob"), observed.renewal) }
    let workspace = try Workspace.forInit()
    let outcome = try workspace.conform(
      service.options("--create-id", "app", "--create-secret", "blob"), environment: NestedService.environment,
      input: "\nPOST /admin/clients/${client.id}/renew\n")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    for line in observed.lines { #expect(outcome.output.contains(line), "\(line)\n\(outcome.output)") }
    let text = try workspace.read("mine.yaml")
    for part in observed.parts { #expect(text.contains(part), "\(part)\n\(text)") }
    #expect(service.state.withLock { $0.clients }.isEmpty, "\(outcome.output)")
    #expect(!showsSecret(outcome.output), "\(outcome.output)")
  }

  @Test("a refusal is shown with its body, shortened, without secrets")
  func refusal() throws {
    let random = "q7Zr2LxV9tKc4WmB8nYd"
    let padding = String(repeating: "so it is. ", count: 40)
    let service = try service {
      $0.renewal = .refuses
      $0.refusal =
        #"{"oops":"not \#(NestedService.key) now","clientSecret":"hunter-seven","trace":"\#(random)","why":"\#(padding)"}"#
    }
    let workspace = try Workspace.forInit()
    let arguments = service.options("--replace", "POST /admin/clients/${client.id}/renew")
    let refused = try workspace.conform(arguments, environment: NestedService.environment)
    #expect(refused.status == 3, "\(refused.output)")
    #expect(refused.errors.hasPrefix(#"--replace: no new set was generated: HTTP 409, body {"oops":"not "#))
    let wrong = arguments.map { $0.replacing("Bearer $", with: "Bearer a$") }
    let denied = try workspace.conform(wrong, environment: NestedService.environment)
    #expect(
      denied.errors.hasPrefix(#"clients: no client was created: HTTP 401, body {"oops":"not "#), "\(denied.errors)")
    for text in [refused.output, refused.errors, denied.output, denied.errors] {
      #expect(!text.contains(NestedService.key) && !text.contains("hunter-seven") && !text.contains(random), "\(text)")
      #expect(!text.contains(padding) && text.split(separator: "\n").allSatisfy { $0.count < 400 }, "\(text)")
    }
    #expect(service.state.withLock { $0.clients }.isEmpty && !workspace.exists("mine.yaml"))
  }
}
