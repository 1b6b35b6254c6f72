import Foundation
import Testing

@Suite("The profile")
struct ProfileOptionTests {
  fileprivate static let requirements = """
    areas: { TST: Tests }
    requirements:
      - { id: TST-01, level: must, source: "Generating token credentials for API access, hint", text: It holds. }
      - { id: TST-02, level: must, source: RFC 6749 section 5.1, text: It holds. }
    """
  private static let own = """
    title: The service responds
    covers: TST-01
    steps:
      - http: { url: / }
        expect: { status: 200 }
    """

  /// One scenario of the Patchworks documentation alone, and one that an RFC asks for too.
  private func workspace(_ service: SmallService, _ parts: String) throws -> Workspace {
    let workspace = try Workspace(
      scenarios: ["own": ProfileOptionTests.own, "mixed": WallClockTests.expiry], target: service.target(parts))
    try workspace.write(ProfileOptionTests.requirements, to: "Scenarios/requirements.yaml")
    return workspace
  }

  @Test(
    "is that of the target file unless an option names another",
    arguments: [
      ("", [], "2 cases: 1 passed, 1 failed"), ("", ["--profile", "oauth"], "2 cases: 1 failed, 1 skipped"),
      ("profile: oauth\n", [], "2 cases: 1 failed, 1 skipped"),
      ("profile: oauth\n", ["--profile", "patchworks"], "2 cases: 1 passed, 1 failed"),
    ])
  func chosen(line: String, option: [String], counts: String) throws {
    // a token that lives on fails the scenario with the RFC
    let service = try SmallService(lifetime: 1000)
    let workspace = try workspace(service, "\(line)\(WallClockTests.parts)")
    let outcome = try workspace.conform(["run", "--jobs", "1"] + option)
    #expect(outcome.output.contains(counts), "\(outcome.output)\(outcome.errors)")
    let isLeftOut = outcome.output.contains("only the Patchworks documentation asks for it, and the profile is oauth")
    #expect(isLeftOut == counts.contains("skipped"))
  }

  @Test("of a run is named again when its pending cases are resumed")
  func resumed() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service, WallClockTests.parts)
    #expect(try workspace.conform("run", "--max-wait", "100ms", "--profile", "oauth").status == 4)
    let other = try WallClockTests.resume(workspace)
    #expect(other.status == 2 && other.errors.contains("bindings of the target have changed"), "\(other.errors)")
    #expect(try WallClockTests.resume(workspace, "--profile", "oauth").status == 0)
  }

  @Test("is that of the bindings too if no scenario of the pending cases is left")
  func gone() throws {
    let service = try SmallService(lifetime: 1)
    let workspace = try workspace(service, WallClockTests.parts)
    #expect(try workspace.conform("run", "--max-wait", "100ms", "--profile", "oauth").status == 4)
    try FileManager.default.removeItem(at: workspace.folder.appending(path: "Scenarios/area/mixed.yaml"))
    let outcome = try WallClockTests.resume(workspace, "--profile", "oauth")
    #expect(outcome.status == 3 && outcome.output.contains("no longer exists"), "\(outcome.output)\(outcome.errors)")
  }

  @Test("oauth takes the lifetime of tokens from their response if none is declared, and resume keeps it")
  func lifetime() throws {
    let service = try SmallService(lifetime: 1)
    let scenario =
      WallClockTests.expiry.replacing("when: { token-lifetime: 2 }\n", with: "")
      .replacing("wait: 1s", with: "wait: lifetime")
      + "\n  - request-token: { client: erp }\n    expect: { json: { expires_in: '${behaviour.token-lifetime}' } }"
    let workspace = try Workspace(
      scenarios: ["expires": scenario],
      target: service.target("profile: oauth\nclock: { driver: wall }\n\(SmallService.managed)"))
    try workspace.write(ProfileOptionTests.requirements, to: "Scenarios/requirements.yaml")
    #expect(try workspace.conform("run", "--max-wait", "100ms").status == 4)
    let outcome = try WallClockTests.resume(workspace)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    // without the probe it is the default, of which a second is not the end
    #expect(try workspace.conform("run", "--max-wait", "2s", "--no-probe").status == 4)
  }

  @Test("that does not exist is refused")
  func unknown() throws {
    let outcome = try workspace(SmallService(), "").conform("run", "--profile", "oauth2")
    #expect(outcome.status == 2 && outcome.errors.contains("oauth2"), "\(outcome.errors)")
  }
}

@Suite("conform --version")
struct VersionTests {
  @Test("names the program, the pack of the folder and the libraries")
  func version() throws {
    let workspace = try Workspace(scenarios: ["one": RunTests.passing])
    let requirements = ProfileOptionTests.requirements
    try workspace.write("pack: \"7.8.9\"\n\(requirements)\n", to: "Scenarios/requirements.yaml")
    let outcome = try workspace.conform("--version")
    #expect(outcome.status == 0)
    let lines = outcome.output.split(separator: "\n").map(String.init)
    for start in ["conform ", "pack 7.8.9 ", "libcurl/", "libxml2 ", "libyaml 0.", "pcre2 10."] {
      #expect(lines.contains { $0.hasPrefix(start) }, "\(outcome.output)")
    }
  }
}
