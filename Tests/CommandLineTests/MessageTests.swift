// The messages of frequent mistakes, as a person sees them. Golden/messages.txt holds all of them.

import Foundation
import TestSupport
import Testing

@Suite("Messages of the whole program")
struct MessageTests {
  private static let target = Workspace.bareTarget("http://127.0.0.1:1")

  /// A file, and what is changed in it.
  private static let mistakes: [(name: String, text: String)] = [
    ("a tab", target.replacing("  only:", with: "\tonly:")),
    ("a reference in braces", target.replacing("\"${unique}\"", with: "${unique}")),
    ("a text with a reference in braces", target.replacing("url: /token", with: "url: /${connector.name}/token")),
    ("a reference in a list", target.replacing("[basic, body]", with: "[${env.A}, basic]")),
    (
      "a key that is not indented",
      target.replacing("{ url: /token, ", with: "\n  url: /token\n").replacing(" }\nconn", with: "\nconn")
    ),
    (
      "a connector's key that is not indented",
      target.replacing("{ inbound-url: /in, ", with: "\n    inbound-url: /in\n  ").replacing(
        " } }\nclients", with: " }\nclients")
    ),
    ("client_secret_post", target.replacing("[basic, body]", with: "[client_secret_post]")),
    ("client_secret_basic", target.replacing("[basic, body]", with: "client_secret_basic")),
    ("another letter case", target.replacing("[basic, body]", with: "[Basic]")),
    ("private_key_jwt", target.replacing("[basic, body]", with: "[private_key_jwt]")),
    ("none", target.replacing("[basic, body]", with: "[none]")),
    ("no scheme", target.replacing("http://127.0.0.1:1", with: "staging.example.com")),
    ("no scheme in another URL", target.replacing("url: /token", with: "url: auth.example.com/token")),
    ("another scheme", target.replacing("http://127.0.0.1:1", with: "ftp://staging.example.com")),
  ]

  private static let pattern = """
    title: A case
    covers: TST-01
    steps:
      - list-clients:
        expect: { text: { matches: "a{3,1}(" } }
    """

  private static let answering = """
    title: It answers
    covers: TST-01
    steps:
      - http: { url: / }
        expect: { status: 200 }
    """

  @Test("each says what is wrong, where, and what to do", .enabled(if: Workspace.has("openssl"), "openssl is in PATH"))
  func golden() throws {
    var text = ""
    let files = try Workspace(scenarios: ["pattern": MessageTests.pattern], target: MessageTests.target)
    for (name, file) in MessageTests.mistakes {
      try files.write(file, to: "mine.yaml")
      let outcome = try files.conform("check", "--pack", "builtin", "--target", "mine.yaml")
      #expect(outcome.status == 2, "\(name): \(outcome.output)")
      text += "== \(name)\n\(outcome.errors)\n"
    }
    let pattern = try files.conform("check", "Scenarios")
    #expect(pattern.status == 2)
    text += "== a pattern\n\(pattern.errors)\n"
    for (name, line) in try connections() { text += "== \(name)\n\(line)\n\n" }
    let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/messages.txt")
    if ProcessInfo.processInfo.environment["CONFORM_WRITE_GOLDEN"] != nil { try Data(text.utf8).write(to: golden) }
    #expect(text == (try String(contentsOf: golden, encoding: .utf8)))
  }

  /// The last line of runs whose target cannot be used as its file says.
  private func connections() throws -> [(String, String)] {
    let workspace = try Workspace(scenarios: ["asks": MessageTests.answering])
    let plain = try RawServer(on: .connection) { _, connection in
      connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
      connection.waitForClose()
    }
    let trusted = try Certificate.serve(in: workspace, name: "trusted", host: "DNS:other.example")
    let expired = try Certificate.serve(in: workspace, name: "expired", isExpired: true)
    let unknown = try Certificate.serve(in: workspace, name: "unknown")
    let mutual = try Certificate.serve(in: workspace, name: "mutual", arguments: ["-Verify", "1", "-tls1_2"])
    let strict = try Certificate.serve(
      in: workspace, name: "strict", arguments: ["-Verify", "1", "-verify_return_error", "-CAfile", "strict.pem"])
    defer { for server in [trusted, expired, unknown, mutual, strict] { server.process.endAtOnce() } }
    try workspace.write(
      try ["trusted", "expired", "mutual", "strict"].map { try workspace.read("\($0).pem") }.joined(), to: "trust.pem")
    let moved = try RawServer { _, connection in
      connection.send("HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere/\r\nContent-Length: 0\r\n\r\n")
    }
    let servers = [
      ("https at a port of http", "https://127.0.0.1:\(plain.port)"),
      ("http at a port of TLS", "http://localhost:\(trusted.port)"),
      ("another name", "https://localhost:\(trusted.port)"),
      ("an expired certificate", "https://localhost:\(expired.port)"),
      ("an unknown issuer", "https://localhost:\(unknown.port)"),
      ("a requested certificate", "https://localhost:\(strict.port)"),
      ("a requested certificate, by TLS 1.2", "https://localhost:\(mutual.port)"),
      ("another certificate than the requested one", "https://localhost:\(strict.port)"), ("a redirect", moved.url),
      ("no scheme in a variable", "${env.NO_SCHEME}"),
    ]
    return try servers.map { name, url in
      try workspace.write(Workspace.bareTarget(url), to: "mine.yaml")
      let ofOther = ["--cert", "unknown.pem", "--key", "unknown-key.pem"]
      let certificate = name.hasPrefix("another certificate") ? ofOther : []
      let outcome = try workspace.conform(
        ["run", "--target", "mine.yaml", "--cacert", "trust.pem"] + certificate,
        environment: ["TEST_SECRET": Workspace.secret, "NO_SCHEME": "127.0.0.1:1", "no_proxy": "*"])
      #expect(outcome.status == (name == "a redirect" ? 1 : 3), "\(name): \(outcome.output)\(outcome.errors)")
      let lines = (outcome.errors + outcome.output).split(separator: "\n").map(String.init)
      let line = lines.first { $0.contains("cannot be reached") || $0.contains("redirects") || $0.contains("base URL") }
      return (name, (line ?? "no message").replacing(/:[0-9]{4,5}\b/, with: ":PORT"))
    }
  }
}
