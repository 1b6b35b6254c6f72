// The keys of the target file that the hints of the probe name.

import ConformanceModel
import Foundation
import HTTPModel
import JSONValue
import Redaction
import RunEvents
import Testing

@testable import Execution

@Suite("The hints of the probe")
struct ProbeAdviceTests {
  @Test("names only keys that target files have")
  func keys() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let schema = try JSON(parsing: Array(Data(contentsOf: root.appending(path: "Scenarios/schema/target.schema.json"))))
    for hint in Set(ProbeAdviceTests.clients.flatMap(ProbeAdviceTests.hints)).sorted() {
      for path in ProbeAdviceTests.paths(hint) {
        #expect(ProbeAdviceTests.isKey(path, in: schema["else"], of: schema), "\(path) in: \(hint)")
      }
    }
    #expect(!ProbeAdviceTests.isKey(["token", "parameters"], in: schema["else"], of: schema))
  }

  private static let clients: [Target.Clients?] = {
    var list = Target.RequestTemplate(method: "GET", url: "/clients", place: Fixture.place(60))
    list.pages = Target.Pages(.link(.header("Link")), place: Fixture.place(61))
    var http = Target.HTTPClients()
    http.requests = [.list: list]
    return [
      .http(http), .http(.init()), .registration(.init(url: "/register")),
      .command(.init(command: ["./manage"], .init(folder: "."))),
      .prompt(.init()), .static([]), nil,
    ]
  }()

  /// All hints for targets whose clients are managed in this way.
  private static func hints(_ clients: Target.Clients?) -> [String] {
    var hints: [String] = []
    for accessToken in [Target.TokenBinding.registeredAccessToken, .json(JSONPointer(tokens: ["token"]))] {
      var target = Fixture.target
      target.clients = clients
      target.token.accessToken = accessToken
      for part in ProbeLink.Part.allCases {
        for status in [200, 201, 302, 400, 401, 403, 404, 422, 500] {
          for (isUnfit, mismatch) in [(false, Mismatch.Kind.outcome), (true, .outcome), (false, .value)] {
            var advice = ProbeAdvice(target: target)
            advice.isTokenUnfit = isUnfit
            var finding = Finding(.failed, .assertion)
            finding.mismatch = mismatch
            finding.actual = status == 200 ? "false" : "HTTP \(status)"
            finding.exchange = ExchangeRecord(
              Exchange(request: WireRequest(url: "/"), response: WireResponse(status: status)),
              redactor: SecretRedactor())
            hints += [advice.judged(finding, of: ProbeLink(part: part)).hint].compactMap(\.self)
          }
        }
      }
    }
    return hints
  }

  /// The paths of the keys that a hint names.
  private static func paths(_ hint: String) -> [[String]] {
    hint.matches(of: /'([^']+)'(?: in '([^']+)'| of (the connector) '[^']+')?/).map { match in
      func path(_ key: Substring) -> [String] {
        key.split { ".: ".contains($0) }.map(String.init)
      }
      let outer = match.output.2.map(path) ?? (match.output.3 == nil ? [] : ["connectors", "orders"])
      return outer + path(match.output.1)
    }
  }

  private static func isKey(_ path: [String], in node: JSON?, of schema: JSON) -> Bool {
    guard let node, let name = path.first else { return node != nil }
    if let reference = node["$ref"]?.string {
      return isKey(path, in: JSONPointer(String(reference.dropFirst()))?.value(in: schema), of: schema)
    }
    let rest = Array(path.dropFirst())
    if let property = node["properties"]?[name] { return isKey(rest, in: property, of: schema) }
    if let choices = node["oneOf"]?.array { return choices.contains { isKey(path, in: $0, of: schema) } }
    switch node["additionalProperties"] {
    case .bool(false): return false
    case let further?: return isKey(rest, in: further, of: schema)
    case nil: return node["type"]?.string == "object"
    }
  }
}
