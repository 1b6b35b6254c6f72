import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("The credentials of a manager with their last character changed")
struct WrongManagerTests {
  private static let scenario = """
    title: Only a manager creates clients
    covers: TST-01
    steps:
      - create-client: { as: stray, name: "stray ${unique}", manager: wrong }
        expect: { status: 401 }
      - create-client: { as: erp }
        expect: created
    """

  /// Runs the scenario at a service that takes these credentials.
  ///
  /// - Parameter isRight: Whether a value of the header field is the right one.
  private static func run(
    field: String, value: String, key: String, _ isRight: @escaping @Sendable (String) -> Bool
  ) throws -> (Outcome, sent: [String], everything: String) {
    let server = try RawServer { request, connection in
      let sent = values(field, in: request.head).first ?? ""
      connection.respond(
        isRight(sent) ? "HTTP/1.1 201 Created" : "HTTP/1.1 401 Unauthorized",
        isRight(sent) ? #"{"id":"c-1","secret":"a-secret-of-the-new-client"}"# : "{}")
    }
    let clients = """
      clients:
        create:
          request: POST /clients
          headers: { \(field): "\(value)" }
          json: { name: "${name}" }
          answer: { id: /id, secret: /secret }
      """
    let given = "clients:\n  static: [{ id: known, secret: \"${env.TEST_SECRET}\" }]"
    let workspace = try Workspace(
      scenarios: ["wrong": scenario],
      target: Workspace.bareTarget(server.url).replacing(given, with: clients))
    let outcome = try workspace.conform("run", environment: ["ADMIN": key])
    let sent = server.requests.flatMap { values(field, in: $0.head) }
    return (
      outcome, sent, try outcome.output + workspace.read("Reports/run.jsonl") + workspace.read("Reports/junit.xml")
    )
  }

  private static func values(_ field: String, in head: String) -> [String] {
    head.split(separator: "\r\n").filter { $0.hasPrefix("\(field): ") }.map { String($0.dropFirst(field.count + 2)) }
  }

  @Test("are sent as a bearer token and as a key, and no report shows them")
  func keys() throws {
    for (field, value) in [("Authorization", "Bearer ${env.ADMIN}"), ("X-Admin-Key", "${env.ADMIN}")] {
      let right = value.replacing("${env.ADMIN}", with: "key-of-the-manager-17")
      let run = try WrongManagerTests.run(field: field, value: value, key: "key-of-the-manager-17") { $0 == right }
      #expect(run.0.status == 0, "\(run.0.output)\(run.0.errors)")
      #expect(run.sent == [String(right.dropLast()) + "A", right])
      #expect(!run.everything.contains("key-of-the-manager"))
    }
  }

  @Test("have another password, if they are those of HTTP Basic")
  func basic() throws {
    let right = Base64.encode(Array("admin:pass:word-of-the-manager".utf8))
    let run = try WrongManagerTests.run(field: "Authorization", value: "Basic ${env.ADMIN}", key: right) {
      $0 == "Basic \(right)"
    }
    #expect(run.0.status == 0, "\(run.0.output)\(run.0.errors)")
    let wrong = Base64.encode(Array("admin:pass:word-of-the-manageA".utf8))
    #expect(run.sent == ["Basic \(wrong)", "Basic \(right)"])
    #expect(!run.everything.contains(wrong) && !run.everything.contains("word-of-the-manage"))
  }

  @Test("fail if they are taken")
  func taken() throws {
    let run = try WrongManagerTests.run(
      field: "Authorization", value: "Bearer ${env.ADMIN}", key: "key-of-the-manager-17"
    ) {
      $0.hasPrefix("Bearer key-of-the-manager-1")
    }
    #expect(run.0.status == 1)
    #expect(run.0.output.contains("status: expected 401, got 201"), "\(run.0.output)")
  }
}
