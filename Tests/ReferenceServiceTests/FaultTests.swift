import ConformanceModel
import JSONValue
import ReferenceService
import Testing

@Suite("the faults") struct FaultTests {
  @Test("have a unique name and a sentence each")
  func names() {
    #expect(Fault.all.count >= 120)
    #expect(Set(Fault.all.map(\.name)).count == Fault.all.count)
    for fault in Fault.all {
      #expect(fault.name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }, "\(fault.name)")
      #expect(fault.sentence.hasSuffix(".") && fault.sentence.first?.isUppercase == true, "\(fault.name)")
    }
    #expect(Set(Fault.all.map(\.area)) == Set(Fault.Area.allCases))
    #expect(Set(Fault.all.map(\.severity)) == Set(Fault.Severity.allCases))
  }

  private func withFault(_ name: String, _ body: (API) async throws -> Void) async throws {
    let fault = try #require(Fault.named(name))
    try await withService({ $0.faults = [fault] }, body)
  }

  @Test("change one thing only")
  func oneThing() async throws {
    try await withFault("expires-in-an-hour") { api in
      let client = try await api.makeClient()
      let response = try await api.send(
        "POST", "/connectors/orders/oauth/token", API.form + ["Authorization: \(client.basic)"], text: API.grant)
      #expect(response.status == 200)
      #expect(response["expires_in"]?.int == 3600)
      #expect(response["token_type"]?.string == "Bearer")
    }
  }

  @Test("share no state between services")
  func ownMemory() async throws {
    try await withFault("secret-in-the-list") { first in
      let client = try await first.makeClient()
      let list = try await first.manage("GET", "/connectors/orders/clients")
      #expect(list.text.contains(client.secret))
      try await withFault("secret-in-the-list") { second in
        _ = try await second.makeClient()
        let other = try await second.manage("GET", "/connectors/orders/clients")
        #expect(!other.text.contains(client.secret))
      }
    }
  }

  @Test("can be combined")
  func several() async throws {
    let faults = ["expires-in-an-hour", "token-type-mac"].compactMap(Fault.named)
    try await withService({ $0.faults = faults }) { api in
      let client = try await api.makeClient()
      let response = try await api.send(
        "POST", "/connectors/orders/oauth/token", API.form + ["Authorization: \(client.basic)"], text: API.grant)
      #expect(response["expires_in"]?.int == 3600)
      #expect(response["token_type"]?.string == "mac")
    }
  }

  @Test(
    "that accept wrong secrets accept them",
    arguments: ["any-secret-accepted", "secret-case-ignored", "secret-trimmed", "long-secrets-are-cut"])
  func strangers(name: String) async throws {
    try await withFault(name) { api in
      let client = try await api.makeClient()
      let wrong = Credentials(
        id: client.id, secret: name == "secret-case-ignored" ? client.secret.uppercased() : client.secret + " ")
      let response = try await api.send(
        "POST", "/connectors/orders/oauth/token", API.form + ["Authorization: \(wrong.basic)"], text: API.grant)
      #expect(response.status == 200)
    }
  }

  @Test(
    "that let a stranger perform an operation let this one perform this operation only",
    arguments: ["nobody-lists-clients", "unknown-keys-may-list", "access-tokens-may-list", "client-secrets-may-list"])
  func strangersMay(name: String) async throws {
    try await withFault(name) { api in
      let client = try await api.makeClient()
      let token = try await api.send(
        "POST", "/connectors/orders/oauth/token", API.form + ["Authorization: \(client.basic)"], text: API.grant)
      let keys: [String: String?] = [
        "nobody-lists-clients": nil, "unknown-keys-may-list": "conform",
        "access-tokens-may-list": try #require(token["access_token"]?.string), "client-secrets-may-list": client.secret,
      ]
      for (kind, key) in keys {
        let headers = key.map { ["Authorization: Bearer \($0)"] } ?? []
        let list = try await api.send("GET", "/connectors/orders/clients", headers)
        #expect(list.status == (kind == name ? 200 : 401), "\(kind)")
        let view = try await api.send("GET", "/connectors/orders/clients/\(client.id)", headers)
        #expect(view.status == 401, "\(kind)")
      }
    }
  }
}
