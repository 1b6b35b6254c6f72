import Foundation
import Testing

@Suite("check --probe")
struct ProbeOptionTests {
  private func workspace(_ service: SmallService, _ change: (String) -> String = { $0 }) throws -> Workspace {
    try Workspace(
      scenarios: ["expires": WallClockTests.expiry], target: change(service.target(WallClockTests.parts)))
  }

  @Test("shows each part of the target file, in one block, and leaves no file behind")
  func fits() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service)
    let outcome = try workspace.conform("check", "--target", "Scenarios/targets/reference.yaml", "--probe")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("\n  fits: request a token for 'client' as 'token': HTTP 200\n"))
    #expect(outcome.output.hasSuffix("\nthe target file fits, as far as it was tried\n"), "\(outcome.output)")
    #expect(!workspace.exists("Reports") && service.clients.isEmpty)
  }

  @Test("names the key of the target file that does not fit, and ends with 3")
  func slip() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service) { $0.replacing("url: /token", with: "url: /tokens") }
    let outcome = try workspace.conform("check", "--target", "Scenarios/targets/reference.yaml", "--probe")
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("\n  does not fit: request a token for 'client' as 'token': HTTP 404\n"))
    #expect(outcome.output.contains("correct 'token.url' or 'token.method' in the target file"), "\(outcome.output)")
    #expect(service.clients.isEmpty)
  }

  @Test("without it, nothing is sent")
  func none() throws {
    let service = try SmallService(lifetime: 1)
    let outcome = try workspace(service).conform("check", "--target", "Scenarios/targets/reference.yaml")
    #expect(outcome.status == 0 && service.requests.isEmpty)
  }

  @Test(
    "payloads that are probably slips are named by check, which still ends with 0",
    arguments: [
      ("{ json: { id: 1 } }", "{ json: { id: 2 } }", true, ["of the connector 'a' has no ${unique}", "'b' has no"]),
      ("{ json: { id: 1 } }", "{ json: { id: 1 } }", false, ["the payload 'valid' of both connectors is the same"]),
      (#"{ json: { id: "${unique}" } }"#, #"{ json: { sku: "${unique}" } }"#, true, []),
    ] as [(String, String, Bool, [String])])
  func warnings(first: String, second: String, hasInbox: Bool, expected: [String]) throws {
    let service = try SmallService()
    let inbox = hasInbox ? "\ninbox: { read: { request: GET /in, answer: { payloads: /items } } }" : ""
    let workspace = try workspace(service) {
      $0.replacing(
        #"  only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } }"#,
        with: "  a: { inbound-url: /in, payloads: { valid: \(first) } }\n"
          + "  b: { inbound-url: /in, payloads: { valid: \(second) } }") + inbox
    }
    let outcome = try workspace.conform("check", "--target", "Scenarios/targets/reference.yaml")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.components(separatedBy: "warning: ").count - 1 == expected.count, "\(outcome.errors)")
    for text in expected { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
  }

  @Test("a run repeats the warning if cases failed, and only then", arguments: [(200, false), (299, true)])
  func warningOfRun(status: Int, isWarned: Bool) throws {
    let service = try SmallService()
    let workspace = try workspace(service) {
      $0.replacing(#"{ json: { id: "${unique}" } }"#, with: "{ json: { id: 1 } }")
        + "\ninbox: { read: { request: GET /in, answer: { payloads: /items } } }"
    }
    let scenario = """
      title: A page is there
      covers: TST-01
      steps:
        - http: { method: GET, url: /page }
          expect: { status: \(status) }
      """
    try workspace.write(scenario, to: "Scenarios/area/page.yaml")
    let outcome = try workspace.conform("run", "--only", "page")
    #expect(outcome.status == (isWarned ? 1 : 0), "\(outcome)")
    #expect(outcome.errors.contains("has no ${unique}") == isWarned, "\(outcome.errors)")
  }

  @Test("a value of connectors that none has is refused, with the known ones")
  func connectorValue() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service) {
      $0.replacing("url: /token", with: "url: '/token/${connector.tenant}'")
    }
    let outcome = try workspace.conform("check", "--target", "Scenarios/targets/reference.yaml")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("no connector has a value 'tenant'"), "\(outcome.errors)")
  }
}
