import Foundation
import Testing

@Suite("A launched Go program")
struct GoProgramTests {
  /// The start of an ELF file with one section, which has the name of Go's build information.
  private static let program: Data = {
    var bytes = [UInt8](repeating: 0, count: 64 + 2 * 64)
    func put(_ value: Int, _ place: Int, _ size: Int) {
      for index in 0..<size { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
    bytes.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
    // sections: their place, their size, their number, and the one with the names
    for (value, place, size) in [(64, 40, 8), (64, 58, 2), (2, 60, 2), (1, 62, 2)] { put(value, place, size) }
    // the name of the second, and the place of the names
    put(1, 128, 4)
    put(bytes.count, 128 + 24, 8)
    return Data(bytes) + Data("\0.go.buildinfo\0".utf8)
  }()

  private func workspace(clock: String) throws -> Workspace {
    let target = """
      target: A program
      base-url: http://127.0.0.1:${port}
      launch: { command: [./service, "${port}"] }
      token: { url: /token }
      connectors: { only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } } }
      clients: { static: [{ id: known, secret: "${env.TEST_SECRET}" }] }
      clock: \(clock)
      """
    func scenario(_ year: Int) -> String {
      """
      title: A token is issued in \(year)
      covers: TST-01
      given: [{ create-client: { as: erp } }]
      steps:
        - wait: { until: \(year)-01-01T00:00:00Z }
        - request-token: { client: erp }
          expect: issued
      """
    }
    let workspace = try Workspace(scenarios: ["early": scenario(2024), "late": scenario(2190)], target: target)
    let path = workspace.folder.appending(path: "Scenarios/targets/service")
    try GoProgramTests.program.write(to: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path.path)
    return workspace
  }

  @Test("is known to list, which says why the time starts in 2185, and which scenarios are not judged for that")
  func list() throws {
    let outcome = try workspace(clock: "{ driver: process }").conform("list")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let note = "note: the simulated time starts at 2185-07-20T10:03:08Z, since "
    #expect(outcome.errors.contains(note) && outcome.errors.contains("/service is a Go program: before 2157"))
    #expect(outcome.errors.contains("'start' in the section 'clock' of the target file sets another start"))
    let reason =
      "skipped: waits until 2024-01-01T00:00:00Z, but the target's clock is at 2185-07-20T10:03:08Z already; "
      + "it only moves forward"
    #expect(outcome.output.contains("early: A token is issued in 2024\n      \(reason)\n"))
    #expect(outcome.output.contains("1 scenario would be skipped"))
  }

  @Test(
    "starts when the target file says, and the library of faketime has no effect on it",
    arguments: [("{ driver: process, start: 2023-01-01T00:00:00Z }", 0), ("{ driver: faketime }", 0)])
  func given(clock: String, skipped: Int) throws {
    let outcome = try workspace(clock: clock).conform("list")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(!outcome.errors.contains("2185"))
    #expect(outcome.output.contains("\(skipped) scenarios would be skipped"))
  }

  @Test("is known to init, which tries nothing: the start is explained")
  func initialize() throws {
    let workspace = try Workspace.forInit()
    let path = workspace.folder.appending(path: "service")
    try GoProgramTests.program.write(to: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path.path)
    let outcome = try workspace.conform(
      "init", "mine.yaml", "--launch", "./service ${port}", "--token-url", "/t", "--inbound-url", "/in", "--no-probe")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(
      outcome.output.contains("clock: the simulated time starts at 2185-07-20T10:03:08Z, since "),
      "\(outcome.output)\(outcome.errors)")
  }
}
