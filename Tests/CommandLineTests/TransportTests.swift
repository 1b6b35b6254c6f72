import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("How requests reach their endpoint")
struct TransportTests {
  private static let asking =
    "title: It answers\ncovers: TST-01\nsteps:\n  - http: { url: / }\n    expect: { status: 200 }\n"

  private func workspace(_ url: String) throws -> Workspace {
    try Workspace(scenarios: ["asks": TransportTests.asking], target: Workspace.bareTarget(url))
  }

  @Test("by the proxy that the environment names, except where it excludes the host")
  func proxy() throws {
    let proxy = try RawServer { _, connection in connection.respond("HTTP/1.1 200 OK", "{}") }
    let workspace = try workspace("http://service.invalid")
    let environment = ["http_proxy": proxy.url, "no_proxy": "", "TEST_SECRET": Workspace.secret]
    #expect(try workspace.conform("run", environment: environment).status == 0)
    #expect(
      proxy.requests.allSatisfy {
        $0.head.hasPrefix("GET http://service.invalid/ HTTP/1.1\r\nHost: service.invalid\r\n")
      })
    let count = proxy.requests.count
    #expect(count > 0)
    let excluded = try workspace.conform(
      "run", environment: environment.merging(["no_proxy": "service.invalid"]) { $1 })
    #expect(excluded.status == 3)
    #expect(proxy.requests.count == count)
  }

  @Test("by libcurl: without it, a run says what is missing, and what sends nothing works")
  func withoutLibrary() throws {
    let workspace = try workspace("http://service.invalid")
    try workspace.write("", to: "libraries/libcurl.so.4")
    let environment = [
      "LD_LIBRARY_PATH": workspace.folder.appending(path: "libraries").path, "TEST_SECRET": Workspace.secret,
    ]
    let outcome = try workspace.conform("run", environment: environment)
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("libcurl cannot be loaded: ") && outcome.errors.contains("the package libcurl4"))
    #expect(try workspace.conform("check", environment: environment).status == 0)
    let version = try workspace.conform("--version", environment: environment)
    #expect(version.status == 0 && version.output.contains("libcurl cannot be loaded: "))
  }

  @Test("by a proxy that the run names, in its note, its log and its messages, without its user information")
  func namedProxy() throws {
    let proxy = try RawServer { _, connection in connection.respond("HTTP/1.1 200 OK", "{}") }
    let workspace = try workspace("http://${env.TEST_HOST}")
    var environment = [
      "http_proxy": "http://user:pass-of-proxy@127.0.0.1:\(proxy.port)/", "no_proxy": "",
      "TEST_HOST": "service.invalid", "TEST_SECRET": Workspace.secret,
    ]
    let outcome = try workspace.conform("run", "--report", "html=report.html", environment: environment)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let note = "note: requests to the target go through the proxy http://127.0.0.1:\(proxy.port), as the environment"
    #expect(outcome.errors.contains(note), "\(outcome.errors)")
    let log = try workspace.read("Reports/run.jsonl"), page = try workspace.read("report.html")
    #expect(log.contains(#"{"name":"proxy","value":"http://127.0.0.1:\#(proxy.port)"}"#))
    #expect(page.contains("Proxy") && page.contains("http://127.0.0.1:\(proxy.port)"))
    environment["http_proxy"] = "http://user:pass-of-proxy@127.0.0.1:1"
    let failed = try workspace.conform("run", environment: environment)
    #expect(failed.status == 3)
    #expect(failed.errors.contains("service.invalid:80 through the proxy 127.0.0.1:1"), "\(failed.errors)")
    #expect(![outcome.errors, outcome.output, failed.errors, log, page].joined().contains("pass-of-proxy"))
    environment["TEST_HOST"] = "127.0.0.1:\(proxy.port)"
    let direct = try workspace.conform("run", environment: environment)
    #expect(direct.status == 0 && !direct.errors.contains("proxy"), "\(direct.errors)")
  }

  @Test("by an A-label: a name beyond ASCII is refused with the rule")
  func internationalName() throws {
    let workspace = try workspace("http://${env.TEST_HOST}")
    for host in ["bücher.invalid", "b%C3%BCcher.invalid"] {
      let outcome = try workspace.conform(
        "run", environment: ["TEST_HOST": host, "TEST_SECRET": Workspace.secret, "no_proxy": "*"])
      #expect(outcome.status == 3)
      let refusal = "not sent: the host name '\(host)' is not in ASCII; write its A-label (RFC 5890 section 2.3.2.1)"
      #expect(outcome.errors.contains(refusal), "\(outcome.errors)")
    }
  }

  @Test("by a Unix socket, and by a name with a given address")
  func elsewhere() throws {
    let workspace = try workspace("http://service.invalid")
    let path = workspace.folder.appending(path: "s").path
    let unix = try RawServer(unixSocket: path) { _, connection in connection.respond("HTTP/1.1 200 OK", "{}") }
    let environment = ["TEST_SECRET": Workspace.secret, "no_proxy": "*"]
    #expect(try workspace.conform("run", "--unix-socket", path, environment: environment).status == 0)
    #expect(unix.requests.contains { $0.head.contains("Host: service.invalid\r\n") })

    let server = try RawServer { _, connection in connection.respond("HTTP/1.1 200 OK", "{}") }
    let named = try self.workspace("http://service.invalid:\(server.port)")
    #expect(
      try named.conform("run", "--resolve", "service.invalid:\(server.port):127.0.0.1", environment: environment).status
        == 0)
  }

  @Test(
    "what makes no sense is refused with 2, and nothing is sent or written",
    arguments: [
      ["--resolve", "x"], ["--resolve", "host:80"], ["--cacert", "nope.pem"], ["--timeout", "0"],
      ["--max-answer", "0"],
    ])
  func senseless(arguments: [String]) throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    for command in ["run", "clean"] {
      let (process, _, errors) = try workspace.start([command] + arguments, within: 60)
      process.waitUntilExit()
      #expect(process.terminationStatus == 2)
      #expect(
        try Workspace.text(errors).contains(arguments[0].dropFirst(2)) || Workspace.text(errors).contains(arguments[1]))
    }
    #expect(!workspace.exists("Reports"))
  }

  @Test("a connection serves many requests, and one with --fresh-connections")
  func connections() throws {
    for isFresh in [false, true] {
      let server = try RawServer { _, connection in connection.respond("HTTP/1.1 200 OK", "{}") }
      let outcome = try workspace(server.url).conform(
        "run", isFresh ? "--fresh-connections" : "--no-shard", environment: ["TEST_SECRET": Workspace.secret])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(server.requests.count >= 2)
      #expect(server.connectionCount == (isFresh ? server.requests.count : 1))
    }
  }

  @Test("a redirect is a response, and is not followed")
  func redirect() throws {
    let elsewhere = try RawServer { _, connection in connection.respond("HTTP/1.1 200 OK", "{}") }
    let server = try RawServer { _, connection in
      connection.send("HTTP/1.1 302 Found\r\nLocation: \(elsewhere.url)/\r\nContent-Length: 0\r\n\r\n")
    }
    let outcome = try workspace(server.url).conform("run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("status: expected 200, got 302"))
    #expect(elsewhere.connectionCount == 0)
  }

  @Test(
    "TLS is verified, unless it is trusted by --cacert or not looked at by --insecure",
    .enabled(if: Workspace.has("openssl"), "openssl is in PATH"))
  func tls() throws {
    let workspace = try Workspace()
    let service = try Certificate.serve(in: workspace)
    defer { service.process.endAtOnce() }
    try workspace.write(Workspace.requirements, to: "Scenarios/requirements.yaml")
    try workspace.write(TransportTests.asking, to: "Scenarios/area/asks.yaml")
    let environment = ["TEST_SECRET": Workspace.secret, "no_proxy": "*"]
    func run(_ host: String, _ arguments: String...) throws -> Outcome {
      try workspace.write(
        Workspace.bareTarget("https://\(host):\(service.port)"), to: "Scenarios/targets/reference.yaml")
      let (process, output, errors) = try workspace.start(["run"] + arguments, environment: environment, within: 60)
      process.waitUntilExit()
      return try Outcome(
        status: process.terminationStatus, output: Workspace.text(output), errors: Workspace.text(errors))
    }
    let unknown = try run("localhost")
    #expect(unknown.status == 3)
    #expect(
      unknown.errors.contains("the target cannot be reached: no TLS connection to localhost:\(service.port): "),
      "\(unknown.errors)")
    #expect(unknown.errors.contains("pass its certificate by --cacert FILE"))
    #expect(try run("localhost", "--cacert", "certificate.pem").status == 0)
    #expect(try run("127.0.0.1", "--cacert", "certificate.pem").status == 3, "the name is another one")
    #expect(try run("127.0.0.1", "--insecure").status == 0)
  }
}
