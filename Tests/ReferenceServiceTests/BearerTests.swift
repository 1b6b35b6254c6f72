// Which tokens are accepted at an inbound URL (RFC 6750), and how long.

import ConformanceModel
import HTTPModel
import JSONValue
import ReferenceService
import Testing

@Suite("bearer tokens at the inbound URL")
struct BearerTests {
  @Test(
    "the scheme is accepted in any case, with one or more spaces",
    arguments: ["Bearer ", "bearer ", "BEARER ", "Bearer  ", "Bearer    "])
  func works(scheme: String) async throws {
    try await withService { api async throws in
      let token = try await api.token()
      #expect(
        try await api.send(
          "POST", "/v1/acme/orders", ["Authorization: \(scheme)\(token)", "Content-Type: application/json"],
          text: API.order
        ).status == 201)
    }
  }

  @Test(
    "no credentials, and those of another scheme, get a challenge without an error",
    arguments: [
      [], ["Authorization: Foo x"], ["Authorization: Basic YTpi"], ["Authorization:"], ["Authorization: abc"],
      ["X-Token: abc"],
    ])
  func challenged(headers: [String]) async throws {
    try await withService { api async throws in
      let response = try await api.send(
        "POST", "/v1/acme/orders", headers + ["Content-Type: application/json"], text: API.order)
      #expect(response.status == 401)
      #expect(response.headers.values("WWW-Authenticate") == [#"Bearer realm="acme/orders""#])
      #expect(response.header("Content-Type") == "application/json")
      #expect(try await api.inbox().isEmpty)
    }
  }

  @Test("a client's credentials are not accepted at the inbound URL")
  func basic() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      #expect(
        try await api.send(
          "POST", "/v1/acme/orders", ["Authorization: \(client.basic)", "Content-Type: application/json"],
          text: API.order
        ).status == 401)
    }
  }

  @Test("a token in the query or in the body is ignored")
  func otherWays() async throws {
    try await withService { api async throws in
      let token = try await api.token()
      let query = try await api.send(
        "POST", "/v1/acme/orders?access_token=\(token)", ["Content-Type: application/json"], text: API.order)
      #expect(query.status == 401 && query.header("WWW-Authenticate") == #"Bearer realm="acme/orders""#)
      #expect(try await api.send("POST", "/v1/acme/orders", API.form, text: "access_token=\(token)").status == 401)
      for name in ["access_token", "access%5Ftoken"] {
        try expectChallenge(
          try await api.send(
            "POST", "/v1/acme/orders?a=b&\(name)=\(token)", ["Authorization: Bearer \(token)"], text: API.order), 400,
          "invalid_request")
      }
    }
  }

  @Test(
    "a malformed Authorization field is an invalid request",
    arguments: [
      "Bearer", "Bearer ", "Bearer a b", #"Bearer "x""#, "Bearer a=b", "Bearer =", "Bearer a,b", "Bearer \u{e9}",
    ])
  func malformed(value: String) async throws {
    try await withService { api async throws in
      try expectChallenge(
        try await api.send("POST", "/v1/acme/orders", ["Authorization: \(value)"], text: API.order), 400,
        "invalid_request")
    }
  }

  @Test("two Authorization fields are an invalid request, even if they are equal")
  func twice() async throws {
    try await withService { api async throws in
      let header = "Authorization: Bearer \(try await api.token())"
      try expectChallenge(
        try await api.send("POST", "/v1/acme/orders", [header, header], text: API.order), 400, "invalid_request")
    }
  }

  @Test("tokens that are unknown, changed, expired, foreign or of a deleted client all get the same 401")
  func invalid() async throws {
    try await withService { api async throws in
      let (client, kept) = (try await api.makeClient(), try await api.makeClient())
      let (good, dead, foreign) = (
        try await api.token(kept), try await api.token(client), try await api.token("products")
      )
      #expect(try await api.post(dead).status == 201)
      #expect(try await api.manage("DELETE", "/connectors/orders/clients/\(client.id)").status == 204)
      let changed = (good.first == "A" ? "B" : "A") + good.dropFirst()
      var responses: [Response] = []
      for token in [
        "nothing", "e30.e30.", String(repeating: "a", count: 60_000), changed, good + "=", good + "A",
        String(good.dropLast()), good.lowercased(), dead, foreign,
      ] {
        responses.append(try await api.post(token))
      }
      #expect(try await api.post(good).status == 201)
      try await api.setClock(after: 86_400)
      responses.append(try await api.post(good))
      for response in responses {
        try expectChallenge(response, 401, "invalid_token")
        #expect(
          response.body == responses[0].body
            && response.header("WWW-Authenticate") == responses[0].header("WWW-Authenticate"))
      }
      #expect(try await api.inbox().count == 2)
      #expect(try await api.post(foreign, API.product, to: "acme/products").status == 401)
    }
  }

  @Test(
    "a token is valid from its issue until the second before its expiry",
    arguments: [(0, 201), (1, 201), (86_399, 201), (86_400, 401), (86_401, 401), (315_360_000, 401)])
  func expires(after seconds: Int64, status: Int) async throws {
    try await withService { api async throws in
      let token = try await api.token()
      try await api.setClock(after: seconds)
      #expect(try await api.post(token).status == status)
    }
  }

  @Test(
    "24 hours are elapsed seconds, on any day of any year",
    arguments: [
      "2022-10-29T12:00:00Z", "2023-03-25T12:00:00Z", "2024-02-28T12:00:00Z", "2038-01-19T03:14:07Z",
      "2100-02-28T23:59:59Z",
    ])
  func elapsed(start: String) async throws {
    let start = try #require(SimulatedInstant(rfc3339: start))
    try await withService {
      $0.start = start
    } _: { api async throws in
      let token = try await api.token()
      _ = try await api.setClock(SimulatedInstant(seconds: start.seconds + 86_399).description)
      #expect(try await api.post(token).status == 201)
      _ = try await api.setClock(SimulatedInstant(seconds: start.seconds + 86_400).description)
      #expect(try await api.post(token).status == 401)
    }
  }

  @Test("neither use nor a later token extends a token, and the credentials remain valid")
  func notProlonged() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let first = try await api.token(client)
      try await api.setClock(after: 80_000)
      #expect(try await api.post(first).status == 201)
      let second = try await api.token(client)
      try await api.setClock(after: 86_400)
      #expect(try await api.post(first).status == 401)
      #expect(try await api.post(second).status == 201)
      try await api.setClock(after: 200_000)
      #expect(try await api.post(second).status == 401)
      #expect(try await api.post(try await api.token(client)).status == 201)
    }
  }
}

/// Expects a refusal as in RFC 6750 section 3.
func expectChallenge(
  _ response: Response, _ status: Int, _ error: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(response.status == status, sourceLocation: sourceLocation)
  let challenges = response.headers.values("WWW-Authenticate")
  #expect(challenges.count == 1, sourceLocation: sourceLocation)
  #expect(challenges.first?.hasPrefix("Bearer realm=\"acme/") ?? false, sourceLocation: sourceLocation)
  #expect(
    challenges.first?.contains("\", error=\"\(error)\", error_description=\"") ?? false, sourceLocation: sourceLocation)
  #expect(response["error"]?.string == error, sourceLocation: sourceLocation)
}
