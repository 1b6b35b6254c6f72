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
