import ConformanceModel
import Foundation
import JSONValue
import RunEvents
import TestSupport
import Testing

@Suite("What is wrong with the way to an endpoint is one case's matter")
struct UnreachableTests {
  private struct Address {
    var url: String
    var kind: Finding.Kind
    var says: String
  }

  private func runCases(
    _ addresses: [String: Address], in workspace: Workspace, _ arguments: String..., environment: [String: String] = [:]
  ) throws {
    let good = try RawServer { _, connection in connection.respond("{}") }
    try workspace.write(Workspace.requirements, to: "Scenarios/requirements.yaml")
    let hosts = addresses.values.compactMap { URL(string: $0.url)?.host() }
    try workspace.write(
      Workspace.bareTarget(good.url) + "\nallowed-hosts: \(Set(hosts).sorted())\n",
      to: "Scenarios/targets/reference.yaml")
    let urls = addresses.mapValues(\.url).merging(["good": good.url]) { $1 }
    for (name, url) in urls {
      try workspace.write(
        "title: It asks\ncovers: TST-01\nsteps:\n  - http: { url: \"\(url)/\" }\n    expect: { status: 200 }\n",
        to: "Scenarios/area/\(name).yaml")
    }
    let (process, output, errors) = try workspace.start(
      ["run", "--timeout", "3", "--jobs", "64"] + arguments,
      environment: environment.merging(["TEST_SECRET": Workspace.secret, "no_proxy": "*"]) { $1 }, within: 60)
    process.waitUntilExit()
    let said = try Workspace.text(output) + Workspace.text(errors)
    #expect(process.terminationStatus == 3, "\(said)")
    var cases: [String: CaseRecord] = [:]
    for line in try workspace.read("Reports/run.jsonl").split(separator: "\n") {
      if case .caseFinished(let record) = try Event(decoding: try JSON(parsing: String(line))) {
        cases[record.planned.id] = record
      }
    }
    #expect(cases["good"]?.verdict == .passed)
    for (name, address) in addresses {
      let record = cases[name]
      #expect(
        record?.verdict == .errored && record?.findings.first?.kind == address.kind,
        "\(name): \(String(describing: record?.findings.first))")
      #expect(
        record?.findings.first?.message.contains(address.says) == true,
        "\(name): \(String(describing: record?.findings.first?.message))")
    }
  }

  @Test("connection refused, a name without address, a peer that speaks first or closes the connection")
  func withoutTLS() throws {
    let plain = try RawServer(on: .connection) { _, connection in
      connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
      connection.waitForClose()
    }
    let closing = try RawServer(on: .connection) { _, connection in connection.close() }
    let resetting = try RawServer(on: .connection) { _, connection in connection.reset() }
    let silent = try RawServer(on: .connection) { _, connection in connection.waitForClose() }
    let garbage = try RawServer(on: .connection) { _, connection in
      connection.send([99, 9, 9, 0, 1, 0])
      connection.waitForClose()
    }
    func tls(_ server: RawServer) -> String { server.url.replacing("http:", with: "https:") }
    try runCases(
      [
        "closed-port": .init(
          url: "http://127.0.0.1:1", kind: .connection, says: "could not connect to 127.0.0.1:1: Connection refused"),
        "unknown-name": .init(
          url: "http://nowhere.invalid", kind: .connection, says: "could not reach nowhere.invalid:80"),
        "closes-at-once": .init(
          url: closing.url, kind: .protocol, says: "closed the connection before sending a status line"),
        "plain-text-on-tls": .init(
          url: tls(plain), kind: .connection, says: "no TLS connection to 127.0.0.1:\(plain.port)"),
        "closed-in-handshake": .init(
          url: tls(closing), kind: .connection, says: "no TLS connection to 127.0.0.1:\(closing.port)"),
        "reset-in-handshake": .init(url: tls(resetting), kind: .connection, says: "onnection reset by peer"),
        "silent-in-handshake": .init(
          url: tls(silent), kind: .timeout, says: "no connection to 127.0.0.1:\(silent.port) within 3 s"),
        "broken-handshake": .init(
          url: tls(garbage), kind: .connection, says: "no TLS connection to 127.0.0.1:\(garbage.port)"),
      ], in: Workspace())
  }

  @Test("the lookup of its name never ends: all others are as they would have been, and so is the end of the run")
  func slowNames() throws {
    let names = (1...12).map { "name-\($0)" }
    let library = Workspace.program.deletingLastPathComponent().appending(path: "libslow-resolver.so").path
    try runCases(
      Dictionary(
        uniqueKeysWithValues: names.map {
          ($0, Address(url: "http://\($0).slow.invalid", kind: .timeout, says: "\($0).slow.invalid"))
        }),
      in: Workspace(), environment: ["LD_PRELOAD": library])
  }

  @Test("its certificate or its TLS is not good", .enabled(if: Workspace.has("openssl"), "openssl is in PATH"))
  func certificates() throws {
    let workspace = try Workspace()
    let trusted = try Certificate.serve(in: workspace, name: "trusted", host: "DNS:localhost")
    let expired = try Certificate.serve(in: workspace, name: "expired", isExpired: true)
    let unknown = try Certificate.serve(in: workspace, name: "unknown")
    let old = try Certificate.serve(in: workspace, name: "old", arguments: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
    defer { for server in [trusted, expired, unknown, old] { server.process.endAtOnce() } }
    try workspace.write(
      try ["trusted", "expired", "old"].map { try workspace.read("\($0).pem") }.joined(), to: "trust.pem")
    try runCases(
      [
        "wrong-host": .init(
          url: "https://127.0.0.1:\(trusted.port)", kind: .connection,
          says: "no TLS connection to 127.0.0.1:\(trusted.port)"),
        "expired": .init(url: "https://localhost:\(expired.port)", kind: .connection, says: "expired"),
        "self-signed": .init(
          url: "https://localhost:\(unknown.port)", kind: .connection, says: "self-signed certificate"),
        "old-tls": .init(
          url: "https://localhost:\(old.port)", kind: .connection, says: "no TLS connection to localhost:\(old.port)"),
      ], in: workspace, "--cacert", "trust.pem")
  }
}

@Suite("A clock that is not to be trusted")
struct HostileClockTests {
  /// What the clock shows, if anything; and the message about it.
  static let clocks: [String: String] = [
    "hangs": "no complete response", "closes": "closed the connection", "refuses": "HTTP 500",
    "garbage": "the response has no /now", "words": "neither an instant of RFC 3339",
    "9223372036854775807": "neither an instant of RFC 3339", "-9223372036854775808": "neither an instant of RFC 3339",
    "1e999999": "neither an instant of RFC 3339",
    "253402300800": "neither an instant of RFC 3339", "stands": "did not advance", "jumps-back": "did not advance",
    "jumps-on": "waited 1h 10s of simulated time instead of 1h",
    "moves-and-hangs": "no complete response",
  ]

  @Test("makes the cases errored, in words, and never passed", arguments: clocks.keys.sorted())
  func untrusted(clock: String) throws {
    let current = Locked(1_658_311_388)
    let server = try RawServer { request, connection in
      func now(_ seconds: Int) { connection.respond("{\"now\":\(seconds)}") }
      let isMoved = current.withLock { $0 > 1_658_311_388 }
      if request.head.hasPrefix("PUT /clock") {
        current.withLock { $0 += 3600 }
        return connection.respond("{}")
      }
      guard request.head.hasPrefix("GET /clock") else { return connection.respond("{}") }
      switch clock {
      case "hangs": connection.waitForClose()
      case "closes": connection.close()
      case "refuses": connection.send("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
      case "garbage": connection.respond("<html>")
      case "words": connection.respond("{\"now\":\"a quarter to nine\"}")
      case "stands": now(1_658_311_388)
      case "jumps-back": now(isMoved ? 1_658_300_000 : 1_658_311_388)
      case "jumps-on": now(current.withLock { $0 } + (isMoved ? 10 : 0))
      case "moves-and-hangs": if isMoved { connection.waitForClose() } else { now(1_658_311_388) }
      default: connection.respond("{\"now\":\(clock)}")
      }
    }
    let target =
      Workspace.bareTarget(server.url)
      + "\nclock: { driver: http, read: { request: GET /clock, answer: { now: /now } }, advance: { request: PUT /clock, json: { now: \"${instant}\" } } }\n"
    let scenario =
      "title: It waits\ncovers: TST-01\nsteps:\n  - wait: 1h\n  - http: { url: / }\n    expect: { status: 200 }\n"
    let workspace = try Workspace(scenarios: ["waits": scenario], target: target)
    let outcome = try workspace.conform("run", "--timeout", "1", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 3, "\(outcome.output)\(outcome.errors)")
    #expect(
      (outcome.output + outcome.errors).contains(HostileClockTests.clocks[clock] ?? "?"),
      "\(outcome.output)\(outcome.errors)")
    #expect(try workspace.read("Reports/junit.xml").contains(#"failures="0" errors="1""#))
  }

  @Test("a secret in its address is not shown where it cannot be read")
  func secretInAddress() throws {
    let server = try RawServer { _, connection in connection.send("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n") }
    let target =
      Workspace.bareTarget(server.url)
      + "\nclock: { driver: http, read: { request: \"GET /clock?key=${env.TEST_SECRET}\", answer: { now: /now } }, advance: { request: PUT /clock } }\n"
    let scenario =
      "title: It waits\ncovers: TST-01\nsteps:\n  - wait: 1h\n  - http: { url: / }\n    expect: { status: 200 }\n"
    let workspace = try Workspace(scenarios: ["waits": scenario], target: target)
    let outcome = try workspace.conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("/clock?key=$TEST_SECRET: HTTP 500"), "\(outcome.errors)")
    #expect(!(outcome.output + outcome.errors).contains(Workspace.secret))
  }
}

@Suite("A token endpoint that is not to be trusted")
struct HostileTokenTests {
  @Test(
    "one that hands everyone the same token, with whatever lifetime, breaks nothing and leaks nothing",
    arguments: [
      "9223372036854775807", "-9223372036854775808", "1e999999", "\"soon\"", "null", "99999999999999999999999999",
    ])
  func sameToken(lifetime: String) throws {
    let token = "the-same-token-for-everyone-1234567890"
    let server = try RawServer { request, connection in
      if request.head.hasPrefix("POST /token") {
        connection.respond("{\"access_token\":\"\(token)\",\"token_type\":\"Bearer\",\"expires_in\":\(lifetime)}")
      } else {
        connection.send("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}")
      }
    }
    var scenarios: [String: String] = [:]
    for number in 1...20 {
      scenarios["case-\(number)"] = """
        title: It posts
        covers: TST-01
        given:
          - create-client: { as: erp }
        steps:
          - request-token: { as: token, client: erp }
            expect: issued
          - post-payload: { token: token, payload: valid }
            expect: accepted
        """
    }
    let workspace = try Workspace(scenarios: scenarios, target: Workspace.bareTarget(server.url))
    let outcome = try workspace.conform("run", "--jobs", "4", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let log = try workspace.read("Reports/run.jsonl")
    #expect(
      !log.contains(token) && !log.contains("same-token-for")
        && !log.contains(Base64.encode(Array("known:\(Workspace.secret)".utf8))))
  }
}
