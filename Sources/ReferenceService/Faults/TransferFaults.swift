// Chunks, times and media types of payloads and of their responses, and texts of a request in header fields.

import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  static let transfers: [Fault] =
    [
      Fault(
        "later-chunks-are-lost", .critical, .payload,
        "Of a payload without a length only the first 64 KiB are delivered."
      ) {
        let before = $0.readBody
        $0.readBody = { request in
          before(&request)
          guard request.isInbound, request.header("Transfer-Encoding") != nil else { return }
          request.body = request.body.map { Array($0.prefix(64 << 10)) }
        }
      },
      Fault("payloads-wait-for-processing", .minor, .payload, "The response to a payload waits for its processing.") {
        $0.delay = { $0.isInbound ? .seconds(6) : .zero }
      },
      Fault("receipts-are-no-json", .minor, .payload, "The response to a payload is called JSON but is not.") {
        $0.onInboundResponse(201) { $1.body = Array("received".utf8) }
      },
      Fault(
        "authorization-in-payload-errors", .critical, .payload,
        "Error responses to payloads repeat the Authorization field, in the challenge as well."
      ) {
        $0.onInboundResponse { request, response in
          guard response.status >= 400, let field = request.header("Authorization") else { return }
          response.editMembers { $0["authorization"] = .string(field) }
          if response.header("WWW-Authenticate") != nil {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"inbound\", error_description=\"\(field)\"")
          }
        }
      },
      Fault(
        "token-in-a-cookie-of-the-inbound-url", .critical, .payload,
        "The response to a payload sets a cookie with the token."
      ) {
        $0.onInboundResponse(201) { request, response in
          let token = request.header("Authorization").flatMap(BearerAuthentication.token) ?? ""
          response.setHeader("Set-Cookie", "session=\(token); Path=/")
        }
      },
    ] + inboundURLs

  static let headerFields: [Fault] = [
    Fault(
      "field-names-in-two-spellings", .major, .connections,
      "Names of header fields are known as they are usually written, and in lower case, and no other way."
    ) {
      let before = $0.readHead
      $0.readHead = { request in
        before(&request)
        request.headers.removeAll { field in
          ["Authorization", "Content-Type"].contains {
            $0.lowercased() == field.name.lowercased() && ![$0, $0.lowercased()].contains(field.name)
          }
        }
      }
    },
    Fault("many-header-fields-crash", .major, .connections, "A request with more than sixty header fields gets 500.") {
      $0.onResponse { _, request, response in if request.headers.count > 60 { response = .crash } }
    },
    injected("names-in-header-fields", "A new client's name is repeated in a header field, with its line breaks.") {
      request in
      guard request.tabOperation == .create else { return nil }
      return request.body.flatMap { try? JSON(parsing: $0) }?["name"]?.string
    },
    injected("payloads-in-header-fields", "The id of a payload is repeated in a header field, with its line breaks.") {
      request in
      guard request.isInbound else { return nil }
      return request.body.flatMap { try? JSON(parsing: $0) }?["id"]?.string
    },
    injected("queries-in-header-fields", "The query of a URL is repeated in a header field, with its line breaks.") {
      Form.decode(Array($0.query.utf8))
    },
    injected("ids-in-header-fields", "A client id is repeated in a header field, with its line breaks.") { request in
      request.isTokenRequest ? request.sentID : nil
    },
    injected("scopes-in-header-fields", "A requested scope is repeated in a header field, with its line breaks.") {
      request in
      request.isTokenRequest ? request.form.first { $0.name == "scope" }?.value : nil
    },
  ]

  /// What a recipient reads if a text is written into the header section as it is: its later lines are fields.
  private static func injected(
    _ name: String, _ sentence: String, _ text: @escaping @Sendable (ServiceRequest) -> String?
  ) -> Fault {
    Fault(name, .critical, .connections, sentence) {
      $0.onResponse { _, request, response in
        for line in (text(request) ?? "").split(whereSeparator: \.isNewline).dropFirst() {
          let parts = line.split(separator: ":", maxSplits: 1)
          if parts.count == 2 { response.setHeader(String(parts[0]), String(parts[1]).trimmed) }
        }
      }
    }
  }
}

extension ServiceResponse {
  fileprivate func header(_ name: String) -> String? { headers.first(name) }
}
