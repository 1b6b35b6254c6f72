import Foundation
import TestSupport
import Testing

@Suite("A scenario with finally")
struct FinallyTests {
  /// Creates an order and deletes it in the end.
  private static let scenario = """
    title: An order is shown
    covers: TST-01
    steps:
      - http: { url: /orders, method: POST }
        expect: { status: 201 }
        save: { order: /id }
      - http: { url: "/orders/${order}" }
        expect: { status: 200 }
    finally:
      - http: { url: "/orders/${order}", method: DELETE }
        expect: { status: 204 }
    """

  /// A service that responds to GET and DELETE with these statuses. A GET without a status is held.
  private func service(get: Int?, delete: Int) throws -> (RawServer, reached: DispatchSemaphore) {
    let reached = DispatchSemaphore(value: 0)
    let server = try RawServer { request, connection in
      switch request.head.prefix(while: { $0 != " " }) {
      case "POST": connection.respond("HTTP/1.1 201 Created", #"{"id":"7"}"#)
      case "DELETE": connection.respond("HTTP/1.1 \(delete) Deleted", "")
      default:
        guard request.head.hasPrefix("GET /orders") else { return connection.respond("HTTP/1.1 200 OK", "{}") }
        if let get { return connection.respond("HTTP/1.1 \(get) Shown", "{}") }
        reached.signal()
      }
    }
    return (server, reached)
  }

  private func workspace(_ server: RawServer) throws -> Workspace {
    try Workspace(scenarios: ["order": FinallyTests.scenario], target: Workspace.bareTarget(server.url))
  }

  @Test(
    "reports what fails there apart from what the scenario verifies",
    arguments: [(200, 204, Int32(0)), (200, 500, 3), (404, 204, 1), (404, 500, 1)])
  func apart(get: Int, delete: Int, status: Int32) throws {
    let (server, _) = try service(get: get, delete: delete)
    let workspace = try workspace(server)
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == status, "\(outcome.output)\(outcome.errors)")
    let report = try workspace.read("Reports/junit.xml")
    let cleanup = "cleanup failed: status: expected 204, got 500"
    #expect(outcome.output.contains(cleanup) == (delete == 500), "\(outcome.output)")
    #expect(report.contains(#"<error type="assertion" message="\#(cleanup)"#) == (status == 3), "\(report)")
    let failure = #"<failure type="assertion" message="status: expected 200, got 404"#
    #expect(report.contains(failure) == (get == 404), "\(report)")
    #expect(report.contains(cleanup) == (delete == 500))
  }

  @Test("cleans up after Ctrl-C, also if a request does not end")
  func interrupted() throws {
    let (server, reached) = try service(get: nil, delete: 204)
    let workspace = try workspace(server)
    let (process, _, _) = try workspace.start(["run"], environment: ["TEST_SECRET": Workspace.secret])
    reached.wait()
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(server.requests.last?.head.hasPrefix("DELETE /orders/7 ") == true)
    let report = try workspace.read("Reports/junit.xml")
    #expect(report.contains("not finished: interrupted by SIGINT") && !report.contains("cleanup failed"), "\(report)")
  }
}
