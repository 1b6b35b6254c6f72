// The test hooks: clock, inbox and reset.

import ConformanceModel
import HTTPModel
import JSONValue
import Testing

@testable import ReferenceService

@Suite("the control endpoints")
struct ControlTests {
  @Test("the clock moves only when it is advanced, and dates all responses")
  func clock() async throws {
    try await withService { api async throws in
      let response = try await api.send("GET", "/control/clock")
      #expect(response.json == ["now": "2022-07-20T10:03:08Z", "epoch": 1_658_311_388])
      #expect(response.headers.values("Date") == ["Wed, 20 Jul 2022 10:03:08 GMT"])
      let moved = try await api.send("PUT", "/control/clock", text: #"{"epoch": 1658397788}"#)
      #expect(moved.status == 200)
      #expect(moved.json == ["now": "2022-07-21T10:03:08Z", "epoch": 1_658_397_788])
      #expect(moved.header("Date") == "Thu, 21 Jul 2022 10:03:08 GMT")
      #expect(try await api.setClock("2022-07-21T12:03:08+02:00").status == 200)
      #expect(try await api.send("GET", "/nothing").header("Date") == "Thu, 21 Jul 2022 10:03:08 GMT")
      let backward = try await api.setClock("2022-07-21T10:03:07Z")
      #expect(backward.status == 409)
      #expect(backward["error_description"]?.string?.contains("2022-07-21T10:03:08Z") ?? false)
      #expect(try await api.send("GET", "/control/clock")["epoch"] == 1_658_397_788)
    }
  }

  @Test(
    "the clock can be advanced to the end of 9999 and no further",
    arguments: [
      ("9999-12-31T23:59:59Z", 200), ("9999-12-31T23:59:59-23:59", 409), ("2100-02-28T00:00:00Z", 200),
      ("0000-01-01T00:00:00Z", 409),
    ])
  func farDates(instant: String, status: Int) async throws {
    try await withService { api async throws in
      let response = try await api.setClock(instant)
      #expect(response.status == status)
      #expect(try await api.send("GET", "/health").status == 200)
    }
  }

  @Test(
    "a body without an instant is refused",
    arguments: [
      "", "{", "{}", "[]", "5", #"{"now": 5}"#, #"{"now": "tomorrow"}"#, #"{"now": "2022-02-30T00:00:00Z"}"#,
      #"{"now": "2022-07-21"}"#, #"{"epoch": "1"}"#,
      #"{"epoch": 1.5}"#, #"{"epoch": 99999999999999999999}"#, #"{"epoch": 9223372036854775807}"#,
    ])
  func garbage(body: String) async throws {
    try await withService { api async throws in
      let response = try await api.send("PUT", "/control/clock", text: body)
      #expect(response.status == 400)
      #expect(try await api.send("GET", "/control/clock")["epoch"] == 1_658_311_388)
    }
  }

  @Test("the inbox can be searched and emptied")
  func inbox() async throws {
    try await withService { api async throws in
      let token = try await api.token()
      for id in ["one", "two & two", "three"] {
        #expect(try await api.post(token, "{\"id\": \"\(id)\", \"lines\": []}").status == 201)
      }
      #expect(try await api.inbox().count == 3)
      for (query, count) in [
        ("?contains=two+%26+two", 1), ("?contains=lines", 3), ("?contains=four", 0), ("?contains=", 3), ("?x=y", 3),
        ("?contains=%5D%7D", 3),
      ] {
        #expect(try await api.send("GET", "/control/inbox/orders\(query)")["payloads"]?.array?.count == count)
      }
      #expect(try await api.send("GET", "/control/inbox/orders?contains=%").status == 400)
      #expect(try await api.send("DELETE", "/control/inbox/products").status == 204)
      #expect(try await api.inbox().count == 3)
      #expect(try await api.send("DELETE", "/control/inbox/orders").status == 204)
      #expect(try await api.inbox().isEmpty)
      #expect(try await api.send("GET", "/control/inbox/nothing").status == 404)
    }
  }

  @Test("the inbox drops the oldest when it is full")
  func fullInbox() {
    var inbox = ReceivedPayloads(limit: 10_000)
    for number in 0..<100 {
      let payload = ReceivedPayloads.Payload(
        id: "\(number)", receivedAt: .documented, contentType: "", body: [UInt8](repeating: 0, count: 744))
      inbox.receive(payload, for: number.isMultiple(of: 10) ? "products" : "orders")
    }
    let kept = (inbox.payloads(of: "orders") + inbox.payloads(of: "products")).compactMap { Int($0.id) }.sorted()
    #expect(kept.count >= 8 && kept.count <= 10)
    #expect(kept == Array(100 - kept.count..<100))
  }

  @Test("a reset removes everything and sets the clock back")
  func reset() async throws {
    try await withService { api async throws in
      let client = try await api.makeClient()
      let token = try await api.token(client)
      #expect(try await api.post(token).status == 201)
      try await api.setClock(after: 60)
      #expect(try await api.send("POST", "/control/reset").status == 204)
      #expect(try await api.inbox().isEmpty)
      #expect(try await api.post(token).status == 401)
      #expect(try await api.requestToken(["Authorization: \(client.basic)"]).status == 401)
      #expect(try await api.manage("GET", "/connectors/orders/clients")["clients"] == [])
      #expect(try await api.send("GET", "/control/clock")["epoch"] == 1_658_311_388)
    }
  }

  @Test(
    "wrong methods and unknown paths get errors in JSON",
    arguments: [
      ("POST", "/control/clock", 405), ("GET", "/control/reset", 405), ("POST", "/control/inbox/orders", 405),
      ("POST", "/health", 405), ("HEAD", "/health", 200),
      ("GET", "/health", 200), ("GET", "/", 404), ("GET", "/control", 404), ("GET", "/control/nothing", 404),
      ("GET", "/health/x", 404), ("GET", "/v1", 404),
      ("GET", "//", 404), ("GET", "/%00", 404), ("GET", "/?/v1/acme/orders", 404),
    ])
  func methods(method: String, path: String, status: Int) async throws {
    try await withService { api async throws in
      let response = try await api.send(method, path)
      #expect(response.status == status)
      #expect(response.header("Content-Type") == "application/json")
      #expect((response.header("Allow") != nil) == (status == 405))
    }
  }
}
