import ConformanceModel
import Foundation
import JSONValue
import TestSupport
import Testing

@testable import ScenarioFiles

@Suite("Environment variables in target files")
struct FileVariableTests {
  /// Targets that have every key between them. Paths are those of files in the folder of the test.
  private static let targets: [String] = {
    let request = """
      { "request": "GET /x", "headers": { "A": "b" }, "answer": { "now": "/now" }, "status": [200, 201] }
      """
    let rest = """
      "base-url": "http://127.0.0.1:8080", "environment": "disposable", "profile": "oauth", "pack": ">=1 <9",
      "behaviour": { "payload-accepted": [201], "token-lifetime": 60, "lost-secret": "old-set-dies" },
      "allowed-hosts": ["login.example.com", "other.example.com:8443"], "http": "1.1", "proxy": "http://127.0.0.1:3128",
      "no-proxy": ["intern.example.com"], "connections": "fresh", "rate": "5/s", "jobs": 3, "timeout": "30s",
      "tls": { "ca": "any.pem", "certificate": "any.pem", "key": "any.pem", "key-password": "${env.P}" },
      "files": { "a": "any.pem" }, "expected-deviations": "any.expected.yaml", "include": "any.include.yaml",
      "connectors": { "one": { "inbound-url": "/in", "values": { "a": "b" }, "payloads": {
        "valid": { "json": { "id": "${unique}" }, "content-type": "application/json" }, "blank": { "text": "x" },
        "wrong-entity": { "file": "any.pem", "content-type": "application/xml" }, "wrong-type": { "hex": "00ff" },
        "no-order": { "json": [], "refused": [400, 422] } },
        "receipt": "/id", "receipt-lookup": { "request": "GET /r", "headers": { "A": "${receipt}" },
          "answer": { "receipt": "/id", "payload": "/body" } } } },
      "endpoints": { "issuer": "/issuer", "revocation": "/revoke", "introspection": "/introspect" },
      "sign": { "command": ["./sign", "x"], "environment": { "A": "b" }, "time-limit": "30s", "on-clock": true }
      """
    let token = """
      "token": { "url": "/token", "method": "POST", "headers": { "A": "b" }, "params": { "scope": "x" }, "body-limit": 8192,
        "client-authentication": ["basic", "private-key-jwt"],
        "assertion": { "audience": "x", "algorithm": "ES256", "secret-algorithm": "HS256", "lifetime": "45s",
          "key": "${env.K}", "kid": "k" },
        "answer": { "access-token": { "regex": "a(b)" }, "expires-in": { "xpath": "/a" } },
        "bearer": { "header": "X-Token", "value": "${token}" } }
      """
    let launch = """
      "launch": { "command": ["./serve", "${port}"], "folder": ".", "environment": { "A": "b" }, "ports": ["admin"],
        "survives-restart": ["clients", "tokens"],
        "ready": [{ "request": "GET /ready", "within": "60s", "text": "x" }],
        "values": { "a": { "file": "key", "regex": "a" }, "b": { "output": "b" } } },
      "clock": { "driver": "process", "proof": \(request), "start": "2030-01-01T00:00:00Z", "stands-still": true }
      """
    let login = """
      "login": { "requests": [
          { "request": "POST /login", "form": { "user": "u" }, "answer": { "a": { "cookie": "a" } } }],
        "for": ["clients", "inbox"], "refused": [401], "page": "/login", "lifetime": "2h" },
      "clients": { "create": { "request": "POST /c", "json": { "jwks": "${client.jwks}", "n": 1, "b": false },
          "answer": { "id": { "sent": "${random.id}" }, "secret": { "header": "X-Secret" } } },
        "list": { "request": "GET /c", "answer": { "ids": "/ids/*" },
          "pages": { "query": "page", "from": 1, "by": "items" } } },
      "inbox": { "read": { "request": "GET /i", "answer": { "payloads": "/p/*", "media-type": "/m/*" },
        "pages": { "next": "/next", "query": "cursor" } }, "encoding": "base64", "delivered-within": "500ms" }
      """
    let registration = """
      "clients": { "rfc7591": { "url": "/register", "initial-access-token": "${env.T}", "headers": { "A": "b" },
        "metadata": { "scope": "x" }, "managed": true } },
      "clock": { "driver": "http", "advance": { "request": "PUT /clock", "json": { "now": "${instant}" } },
        "read": \(request), "stands-still": false }
      """
    let program = """
      "clients": { "command": ["./manage"], "operations": ["create", "list"], "time-limit": "30s",
        "environment": { "A": "b" } },
      "inbox": { "command": ["./read"], "shows": ["media-type"], "environment": { "A": "b" }, "time-limit": "30s" },
      "clock": { "driver": "command", "advance": ["./set", "${epoch}"], "read": ["./get"], "environment": { "A": "b" },
        "time-limit": "30s", "stands-still": false }
      """
    let given = """
      "clients": { "static": [{ "id": "a", "secret": "${env.S}", "key": "${env.K}", "kid": "k", "connector": "first",
        "tls": { "certificate": "any.pem", "key": "any.pem", "key-password": "${env.P}" } }] },
      "token": { "url": "/token", "client-authentication": ["private-key-jwt", "tls-client-auth"] },
      "launch": "reference-service"
      """
    let person = """
      "clients": { "prompt": "Dashboard", "operations": ["create", "delete"] }, "launch": { "command": ["a"] },
      "clock": { "driver": "process", "inside": "container" }
      """
    let off = rest.replacingOccurrences(of: "\"on-clock\": true", with: "\"on-clock\": false")
    return [
      "\(rest), \(token), \(launch), \(login)", "\(off), \(token), \(registration)", "\(off), \(token), \(program)",
      "\(off), \(given)", "\(off), \(token), \(person)",
    ].map { "{ \"target\": \"A target\", \($0) }" }
  }()

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("any.pem", "a text\n")
    try folder.write("any.include.yaml", "jobs: 9\n")
    try folder.write("any.expected.yaml", "expected: [{ id: a, reason: b }]\n")
    return folder
  }

  private static func load(
    _ json: JSON, in folder: TemporaryFolder, _ value: String? = nil
  ) throws(Diagnostics) -> Target {
    try Target.load(
      "\(folder.path)/target.yaml", text: String(decoding: json.compactBytes, as: UTF8.self),
      variable: { $0 == "PROBE" ? value : nil })
  }

  @Test("can be in the place of each value", arguments: targets.indices)
  func everywhere(index: Int) throws {
    let folder = try FileVariableTests.folder()
    let json = try JSON(parsing: FileVariableTests.targets[index])
    let plain = try FileVariableTests.load(json, in: folder)
    var count = 0
    for (path, leaf) in FileVariableTests.leaves(json) {
      // the method of a request is a part of the grammar, and so is the token in its header field
      var text = "${env.PROBE}"
      var value = leaf.plainText
      if path.last == "request" || path.suffix(2) == ["bearer", "value"] || value.contains("${") {
        let isRequest = path.last == "request"
        text = isRequest ? "GET ${env.PROBE}" : "\(value)${env.PROBE}"
        value = isRequest ? value.split(separator: " ").last.map(String.init) ?? "" : ""
      }
      let changed = FileVariableTests.replacing(json, path[...], by: .string(text))
      do throws(Diagnostics) {
        let target = try FileVariableTests.load(changed, in: folder, value)
        #expect(target.variables.contains { $0.name == "PROBE" }, "\(path) takes \(text) as it is")
        #expect(target.launchesCommand == plain.launchesCommand && target.capabilities == plain.capabilities, "\(path)")
      } catch {
        Issue.record("\(path) with \(text): \(error)")
      }
      count += 1
    }
    #expect(count > 40)
  }

  @Test("are tried with every key")
  func complete() throws {
    let used = try FileVariableTests.targets.reduce(into: Set<String>()) { names, text in
      names.formUnion(FileVariableTests.leaves(try JSON(parsing: text)).flatMap(\.0))
    }
    let tables = [
      TargetKeywords.target, TargetKeywords.tls, TargetKeywords.token, TargetKeywords.assertion, TargetKeywords.bearer,
      TargetKeywords.connector, TargetKeywords.sample, TargetKeywords.request,
      TargetKeywords.pages, TargetKeywords.locator, TargetKeywords.inbox, TargetKeywords.login,
      TargetKeywords.signature, TargetKeywords.registration, TargetKeywords.given, TargetKeywords.clock,
      TargetKeywords.launch, TargetKeywords.launchValue, TargetKeywords.ready, TargetKeywords.endpoints,
      TargetKeywords.clients.filter { !["show", "replace", "delete"].contains($0.name) },
    ]
    for keyword in tables.joined() { #expect(used.contains(keyword.name), "\(keyword.name)") }
  }

  @Test(
    "are named if they are not set, or something else has no value yet; those with the name of a secret are not shown",
    arguments: [
      ("jobs: \"${env.GONE}\"", "variable GONE is not set, and jobs is needed when the file is read"),
      ("jobs: \"${run.id}\"", "of ${…}, it can only contain ${env.NAME}, not ${run.id}"),
      ("jobs: \"${env.WORD}\"", "jobs must be a whole number from 1 to 10000"),
      ("profile: \"${env.WORD}\"", "unknown profile 'several words'"),
      ("profile: \"${env.API_KEY}\"", "unknown profile '${env.API_KEY}'"),
      ("timeout: \"${env\"", "'${' without '}'"),
      ("include: \"${env.WORD}.yaml\"", "several words.yaml:1:1: "),
    ])
  func missing(line: String, message: String) throws {
    let folder = try FileVariableTests.folder()
    let text = """
      target: A target
      base-url: http://127.0.0.1
      token: { url: /token }
      connectors: { one: { inbound-url: /in, payloads: { valid: { text: x } } } }
      \(line)
      """
    let values = ["WORD": "several words", "API_KEY": "the-key-itself"]
    let errors = #expect(throws: Diagnostics.self) {
      try Target.load("\(folder.path)/target.yaml", text: text, variable: { values[$0] })
    }
    let shown = errors?.description ?? ""
    #expect(shown.contains(message) && !shown.contains("the-key-itself"), "\(shown)")
  }

  private static func leaves(_ json: JSON, _ path: [String] = []) -> [([String], JSON)] {
    switch json {
    case .object(let members): members.flatMap { leaves($0.value, path + [$0.name]) }
    case .array(let items): items.enumerated().flatMap { leaves($1, path + ["\($0)"]) }
    default: [(path, json)]
    }
  }

  private static func replacing(_ json: JSON, _ path: ArraySlice<String>, by value: JSON) -> JSON {
    guard let name = path.first else { return value }
    switch json {
    case .object(let members):
      return .object(
        members.map { $0.name == name ? .init(name, replacing($0.value, path.dropFirst(), by: value)) : $0 })
    case .array(let items):
      return .array(
        items.enumerated().map { "\($0)" == name ? replacing($1, path.dropFirst(), by: value) : $1 })
    default: return json
    }
  }
}
