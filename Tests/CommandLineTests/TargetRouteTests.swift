import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("The way of requests that a target file declares")
struct TargetRouteTests {
  private static let asking =
    "title: It answers\ncovers: TST-01\nsteps:\n  - http: { url: / }\n    expect: { status: 200 }\n"

  private func workspace(_ url: String, _ keys: String) throws -> Workspace {
    try Workspace(scenarios: ["asks": TargetRouteTests.asking], target: Workspace.bareTarget(url) + "\n\(keys)\n")
  }

  private func server() throws -> RawServer {
    try RawServer { _, connection in connection.respond("HTTP/1.1 200 OK", "{}") }
  }

  @Test("a proxy is used for all hosts, also for this machine, in place of that of the environment")
  func proxy() throws {
    let proxy = try server()
    let workspace = try workspace(
      "http://127.0.0.1:1", "proxy: 'http://user:${env.TEST_PASSWORD}@127.0.0.1:\(proxy.port)'")
    let outcome = try workspace.conform(
      "run",
      environment: [
        "http_proxy": "http://127.0.0.1:1", "TEST_PASSWORD": "pass-of-proxy\n", "TEST_SECRET": Workspace.secret,
      ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let note =
      "note: requests to the target go through the proxy http://127.0.0.1:\(proxy.port), as the target file says"
    #expect(outcome.errors.contains(note), "\(outcome.errors)")
    let credentials = Data("user:pass-of-proxy".utf8).base64EncodedString()
    #expect(proxy.requests.count > 0)
    #expect(
      proxy.requests.allSatisfy {
        $0.head.hasPrefix("GET http://127.0.0.1:1/ HTTP/1.1\r\n")
          && $0.head.contains("Proxy-Authorization: Basic \(credentials)\r\n")
      })
    #expect(
      ![outcome.errors, outcome.output, try workspace.read("Reports/run.jsonl")].joined().contains("pass-of-proxy"))
  }

  @Test("the curl line of a failure takes the same way, without a password")
  func curlLine() throws {
    let proxy = try RawServer { _, connection in connection.respond("HTTP/1.1 503 Service Unavailable", "{}") }
    let workspace = try workspace(
      "http://service.invalid", "proxy: 'http://user:${env.TEST_PASSWORD}@127.0.0.1:\(proxy.port)'")
    let outcome = try workspace.conform(
      "run", environment: ["TEST_PASSWORD": "pass-of-proxy", "TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 1, "\(outcome.errors)")
    let line = "curl -i --proxy 'http://127.0.0.1:\(proxy.port)' 'http://service.invalid/'"
    let page = try workspace.read("Reports/report.html")
    for text in [outcome.output, try workspace.read("Reports/junit.xml").replacing("&apos;", with: "'")] {
      #expect(text.contains(line), "\(text)")
    }
    #expect(![outcome.output, outcome.errors, page].joined().contains("pass-of-proxy"))
    let count = proxy.requests.count
    #expect(try workspace.conform(under: ["bash", "-c", line]).status == 0 && proxy.requests.count == count + 1)

    let direct = try self.workspace(proxy.url, "proxy: none").conform(
      "run", environment: ["http_proxy": "http://127.0.0.1:1", "TEST_SECRET": Workspace.secret])
    #expect(direct.output.contains("curl -i --noproxy '*' '\(proxy.url)/'"), "\(direct.output)")
  }

  @Test("a proxy with a line break in a value is refused with 2, and nothing is sent")
  func lineBreak() throws {
    let workspace = try workspace("http://127.0.0.1:1", "proxy: '${env.TEST_PROXY}'")
    let outcome = try workspace.conform(
      "run", environment: ["TEST_PROXY": "http://127.0.0.1:1\nx", "TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("TEST_PROXY contains a line break"), "\(outcome.errors)")
  }

  @Test(
    "requests are direct without a proxy, and to hosts that are excluded",
    arguments: ["proxy: none", "no-proxy: service.invalid", "no-proxy: [192.0.2.0/24, invalid]"])
  func direct(keys: String) throws {
    let proxy = try server(), service = try server()
    let workspace = try workspace("http://service.invalid:\(service.port)", keys)
    let outcome = try workspace.conform(
      "run", "--resolve", "service.invalid:\(service.port):127.0.0.1",
      environment: ["http_proxy": proxy.url, "no_proxy": "", "TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 0 && !outcome.errors.contains("proxy"), "\(outcome.errors)")
    #expect(proxy.requests.isEmpty && !service.requests.isEmpty)
  }

  @Test("connections serve one request each if they are fresh", arguments: [("kept", false), ("fresh", true)])
  func connections(word: String, isFresh: Bool) throws {
    let service = try server()
    let outcome = try workspace(service.url, "connections: \(word)").conform(
      "run", environment: ["TEST_SECRET": Workspace.secret])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(service.connectionCount == (isFresh ? service.requests.count : 1))
  }

  @Test(
    "the certificate of the client is that of the file, or of options",
    .enabled(if: Workspace.has("openssl"), "openssl is in PATH"))
  func certificate() throws {
    let workspace = try Workspace()
    try Certificate.make("client", in: workspace)
    try Certificate.make("other", in: workspace)
    try Certificate.encryptKey(of: "client", as: "encrypted.pem", password: "pass-of-key", in: workspace)
    let service = try Certificate.serve(
      in: workspace, arguments: ["-Verify", "1", "-verify_return_error", "-CAfile", "client.pem"])
    defer { service.process.endAtOnce() }
    try workspace.write(Workspace.requirements, to: "Scenarios/requirements.yaml")
    try workspace.write(TargetRouteTests.asking, to: "Scenarios/area/asks.yaml")
    func run(_ keys: String, _ arguments: String..., password: String = "pass-of-key") throws -> Outcome {
      let target = Workspace.bareTarget("https://localhost:\(service.port)")
      try workspace.write("\(target)\n\(keys)\n", to: "Scenarios/targets/reference.yaml")
      return try workspace.conform(
        ["run"] + arguments,
        environment: ["TEST_SECRET": Workspace.secret, "no_proxy": "*", "KEY_PASSWORD": password])
    }
    func tls(_ certificate: String, _ key: String) -> String {
      "tls: { ca: ../../certificate.pem, certificate: ../../\(certificate), key: ../../\(key) }"
    }
    let declared = try run(tls("client.pem", "client-key.pem"))
    #expect(declared.status == 0, "\(declared.errors)")
    #expect(try workspace.read("Reports/run.jsonl").contains(#"{"name":"tls.cert","value":"#))
    let given = try run(
      tls("other.pem", "other-key.pem"), "--cert", "client.pem", "--key", "client-key.pem")
    #expect(given.status == 0, "\(given.errors)")
    // a failure is repeated with the files of this run
    try workspace.write(
      TargetRouteTests.asking.replacing("status: 200", with: "status: 201"), to: "Scenarios/area/asks.yaml")
    let failed = try run(tls("client.pem", "client-key.pem"), "--resolve", "localhost:\(service.port):127.0.0.1")
    let line = try #require(failed.output.firstMatch(of: /repeat: (curl .*)\n/)?.output.1)
    for option in [" --cert '", " --key '", " --cacert '", " --resolve 'localhost:\(service.port):127.0.0.1'"] {
      #expect(line.contains(option), "\(line)")
    }
    let repeated = try workspace.conform(under: ["bash", "-c", String(line)], environment: ["no_proxy": "*"])
    #expect(repeated.status == 0 && repeated.output.contains("200 ok"), "\(line): \(repeated)")
    try workspace.write(TargetRouteTests.asking, to: "Scenarios/area/asks.yaml")
    let password = #"key-password: "${env.KEY_PASSWORD}" }"#
    let encrypted = "\(tls("client.pem", "encrypted.pem").dropLast()), \(password)"
    let opened = try run(encrypted)
    #expect(opened.status == 0, "\(opened.errors)")

    // neither without, nor with another certificate, a key that does not fit, or a wrong password
    let refused = [
      try run("tls: { ca: ../../certificate.pem }"), try run(tls("other.pem", "other-key.pem")),
      try run(tls("client.pem", "other-key.pem")), try run(encrypted, password: "wrong-pass"),
    ]
    for outcome in refused { #expect(outcome.status == 3, "\(outcome.errors)") }
    #expect(refused[2].errors.contains("could not use the certificate of the client"), "\(refused[2].errors)")
    #expect(refused[3].errors.contains("could not use the certificate of the client"), "\(refused[3].errors)")
    #expect(!refused.map(\.errors).joined().contains("wrong-pass"))
  }
}
