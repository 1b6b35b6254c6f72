// Which payloads an inbound URL accepts and delivers.

import ConformanceModel
import HTTPModel
import JSONValue
import ReferenceService
import Testing

@Suite("payloads at the inbound URL")
struct PayloadTests {
  @Test("an accepted payload gets a receipt and is delivered once, byte for byte")
  func accepted() async throws {
    try await withService { api async throws in
      let payload = #" {"id": 9007199254740993, "lines": [], "note": "é 😀 \u2028", "id2": 1.0, "x": 1, "x": 2}"# + "\n"
      let response = try await api.post(try await api.token(), payload, type: "application/json; charset=utf-8")
      #expect(response.status == 201)
      #expect(response.header("Content-Type") == "application/json")
      #expect(response["bytes"] == .int(payload.utf8.count))
      #expect(response["received_at"] == "2022-07-20T10:03:08Z")
      let received = try await api.inbox()
      #expect(received.count == 1)
      #expect(received.first?["id"] == response["id"])
      #expect(received.first?["body"]?.string == payload)
      #expect(received.first?["content_type"] == "application/json; charset=utf-8")
      #expect(try await api.inbox("products").isEmpty)
    }
  }

  @Test(
    "a payload that is refused is not delivered",
    arguments: [
      ("", 422), (" \r\n\t ", 422),
      ("{", 400), (#"{"id": "1", "lines": [],}"#, 400), (#"{"id": "\ud800", "lines": []}"#, 400), ("nonsense", 400),
      (API.order + API.order, 400),
      ("null", 422), ("[]", 422), ("{}", 422), ("5", 422), (API.product, 422), ("[\(API.order)]", 422),
      (#"{"id": "1"}"#, 422), (#"{"lines": []}"#, 422), (#"{"id": 1.5, "lines": []}"#, 422),
      (#"{"id": null, "lines": []}"#, 422),
      (#"{"id": 1, "lines": {}}"#, 422), (#"{"id": 1, "lines": [1]}"#, 422),
    ])
  func refused(payload: String, status: Int) async throws {
    try await withService { api async throws in
      let token = try await api.token()
      let response = try await api.post(token, payload)
      #expect(response.status == status)
      #expect(response["error"]?.string != nil)
      #expect(try await api.inbox().isEmpty)
      #expect(try await api.post(token).status == 201)
    }
  }

  @Test("bytes that are not UTF-8 are refused")
  func notUTF8() async throws {
    try await withService { api async throws in
      let headers = ["Authorization: Bearer \(try await api.token())", "Content-Type: application/json"]
      #expect(
        try await api.send(
          "POST", "/v1/acme/orders", headers, Array(#"{"lines": [], "id": ""#.utf8) + [0xFF] + Array(#""}"#.utf8)
        ).status == 400)
    }
  }

  @Test("a mismatch names the member", arguments: [(#"{"id": 1}"#, "lines"), (#"{"id": true, "lines": []}"#, "id")])
  func mismatch(payload: String, member: String) async throws {
    try await withService { api async throws in
      #expect(try await api.post(try await api.token(), payload)["member"]?.string == member)
    }
  }

  @Test("the price of a product must be a number")
  func product() async throws {
    try await withService { api async throws in
      let token = try await api.token("products")
      #expect(try await api.post(token, API.product, to: "acme/products").status == 201)
      #expect(try await api.post(token, #"{"sku": "S", "price": "9.5"}"#, to: "acme/products").status == 422)
      #expect(try await api.post(token, API.order, to: "acme/products").status == 422)
    }
  }

  @Test(
    "other media types are refused",
    arguments: [
      ["Content-Type: text/xml"], ["Content-Type: application/xml"], ["Content-Type: text/plain"], API.form, [],
      ["Content-Type: application/json-patch"],
    ])
  func mediaTypes(type: [String]) async throws {
    try await withService { api async throws in
      let response = try await api.send(
        "POST", "/v1/acme/orders", type + ["Authorization: Bearer \(try await api.token())"], text: API.order)
      #expect(response.status == 415)
    }
  }

  @Test(
    "payloads with an unknown content coding are refused, and those that are not in theirs",
    arguments: [
      ("br", 415), ("gzip, br", 415), ("deflate", 415), ("gzip", 400), ("identity, GZIP", 400), ("Identity", 201),
      ("identity", 201),
    ])
  func codings(coding: String, status: Int) async throws {
    try await withService { api async throws in
      let headers = [
        "Authorization: Bearer \(try await api.token())", "Content-Type: application/json",
        "Content-Encoding: \(coding)",
      ]
      #expect(try await api.send("POST", "/v1/acme/orders", headers, text: API.order).status == status)
    }
  }

  @Test(
    "a connector with XML entities accepts XML",
    arguments: [
      ("<?xml version=\"1.0\"?>\n<!-- c --><order a='>'><id>1</id><lines/></order>\n", "application/xml", 201),
      ("<order><id>1</id><lines><l/></lines><![CDATA[</order>]]></order>", "text/xml; charset=utf-8", 201),
      ("<order><id>1</id></order>", "text/xml", 422), ("<other><id/><lines/></other>", "text/xml", 422),
      (" ", "text/xml", 422),
      ("<order><id></order>", "text/xml", 400), ("<order/><order/>", "text/xml", 400), ("x<order/>", "text/xml", 400),
      ("<order", "text/xml", 400),
      (API.order, "text/xml", 400), (API.order, "application/json", 415),
    ])
  func xml(payload: String, type: String, status: Int) async throws {
    let entity = Entity(name: "order", format: .xml(root: "order"), members: [.init("id", []), .init("lines", [])])
    try await withService {
      $0.connectors = [ConnectorDefinition(name: "legacy", company: "acme", entity: entity)]
    } _: { api async throws in
      #expect(
        try await api.post(try await api.token("legacy"), payload, to: "acme/legacy", type: type).status == status)
    }
  }

  @Test(
    "other methods are refused after authentication",
    arguments: [("GET", 405), ("HEAD", 405), ("PUT", 405), ("DELETE", 405), ("PATCH", 405), ("PROPFIND", 501)])
  func methods(method: String, status: Int) async throws {
    try await withService { api async throws in
      #expect(try await api.send(method, "/v1/acme/orders").status == 401)
      let response = try await api.send(method, "/v1/acme/orders", ["Authorization: Bearer \(try await api.token())"])
      #expect(response.status == status)
      if status == 405 { #expect(response.header("Allow") == "POST") }
    }
  }

  @Test(
    "only a client with a token learns which services exist",
    arguments: ["/v1/acme/nothing", "/v1/other/orders", "/v1/acme", "/v1/", "/v1/acme/orders/", "/v1/acme/orders/1"])
  func existence(path: String) async throws {
    try await withService { api async throws in
      let stranger = try await api.send("POST", path, text: "{")
      #expect(stranger.status == 401)
      #expect(stranger.header("WWW-Authenticate")?.hasPrefix("Bearer realm=\"") ?? false)
      #expect(
        try await api.send("POST", path, ["Authorization: Bearer \(try await api.token())"], text: API.order).status
          == 404)
    }
  }

  @Test("authentication comes before everything else", arguments: ["", "{", "{}"])
  func order(payload: String) async throws {
    try await withService { api async throws in
      #expect(try await api.send("POST", "/v1/acme/orders", ["Content-Type: text/plain"], text: payload).status == 401)
    }
  }
}
