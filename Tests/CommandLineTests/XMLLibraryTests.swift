import Foundation
import TestSupport
import Testing

@Suite("XML in a response")
struct XMLLibraryTests {
  @Test("is read by libxml2: without it, a run says what is missing, and does not blame the service")
  func withoutLibrary() throws {
    let server = try RawServer { _, connection in connection.respond("HTTP/1.1 200 OK", "<a>1</a>") }
    let scenario =
      "title: It answers in XML\ncovers: TST-01\nsteps:\n  - http: { url: / }\n    expect: { xml: { /a: '1' } }\n"
    let workspace = try Workspace(scenarios: ["asks": scenario], target: Workspace.bareTarget(server.url))
    try workspace.write("", to: "libraries/libxml2.so.2")
    try workspace.write("", to: "libraries/libxml2.so.16")
    var environment = ["TEST_SECRET": Workspace.secret]
    #expect(try workspace.conform("run", environment: environment).status == 0)
    environment["LD_LIBRARY_PATH"] = workspace.folder.appending(path: "libraries").path
    let outcome = try workspace.conform("run", environment: environment)
    #expect(outcome.status == 3, "\(outcome.output)")
    let text = try workspace.read("Reports/junit.xml")
    #expect(text.contains("libxml2 cannot be loaded: ") && text.contains("<error") && !text.contains("<failure"))
  }
}
