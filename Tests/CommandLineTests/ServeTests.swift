import ConformanceModel
import Foundation
import Testing

@Suite("conform serve")
struct ServeTests {
  @Test("serves until SIGTERM, and the pack can run against it from another process")
  func serves() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    let served = try ServedService([], key: "the-key-of-the-manager")
    defer { served.stop() }
    let url = served.url
    #expect(url.hasPrefix("http://127.0.0.1:"))

    let embedded = try workspace.read("Scenarios/targets/reference.yaml")
    let external = embedded.replacing("launch: reference-service\n", with: "").replacing("${service.url}", with: url)
      .replacing("${service.manager-key}", with: "${env.CONFORM_MANAGER_KEY}")
    try workspace.write(external, to: "external.yaml")
    let outcome = try workspace.conform(
      "run", "--target", "external.yaml", environment: ["CONFORM_MANAGER_KEY": "the-key-of-the-manager"])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(try !workspace.read("Reports/run.jsonl").contains("the-key-of-the-manager"))

    #expect(served.stop() == 0)
  }

  @Test("a port in use is reported, with status 3")
  func portTaken() throws {
    let workspace = try Workspace()
    let first = try workspace.start(["serve", "--port", "0"])
    defer { first.0.terminate() }
    var text = ""
    while !text.contains("\n") { text = try Workspace.text(first.output) }
    let port = text.prefix { $0 != "\n" }.split(separator: ":").last.map(String.init) ?? ""
    let second = try workspace.conform("serve", "--port", port)
    #expect(second.status == 3)
    #expect(second.errors.contains("cannot listen on 127.0.0.1:\(port)"))
  }
}

/// `conform serve` as a process of its own, on a port that the system chose.
struct ServedService {
  let url: String
  private let process = Process()

  init(_ arguments: [String], key: String) throws {
    process.executableURL = Workspace.program
    process.arguments = ["serve", "--port", "0"] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["CONFORM_MANAGER_KEY": key]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    var text = ""
    while !text.contains("\n"), let more = try output.fileHandleForReading.read(upToCount: 1), !more.isEmpty {
      text += String(decoding: more, as: UTF8.self)
    }
    url = text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Ends it by SIGTERM, and returns its exit status.
  @discardableResult
  func stop() -> Int32 {
    if process.isRunning { kill(process.processIdentifier, SIGTERM) }
    process.waitUntilExit()
    return process.terminationStatus
  }
}
