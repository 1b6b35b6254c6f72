// URLs that are not compared as a whole, and responses to what is not a token request.

import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  /// At the token endpoint.
  static let endpoints: [Fault] =
    [
      Fault(
        "token-endpoint-allows-everything", .major, .tokens,
        "Allow in the 405 of the token endpoint names refused methods."
      ) {
        $0.onTokenError("method_not_allowed") { $0.setHeader("Allow", everyMethod) }
      },
      Fault("failed-clients-are-redirected", .major, .tokens, "Failed authentication is redirected to a login page.") {
        $0.onTokenError("invalid_client") {
          $0 = ServiceResponse(302, headers: [HeaderField("Location", "https://login.example/")])
        }
      },
      Fault(
        "foreign-attempts-lock-clients", .major, .isolation,
        "A client that tries the token endpoint of another connector gets no more tokens."
      ) {
        let locked = Locked<Set<String>>([])
        $0.onResponse { store, request, response in
          guard request.isTokenRequest, let id = request.sentID else { return }
          if response.errorCode == "invalid_client",
            store.connectors.contains(where: { $0.name != request.tabConnector && store.client(id, of: $0.name) != nil }
            )
          {
            _ = locked.withLock { $0.insert(id) }
          } else if response.status == 200, locked.withLock({ $0.contains(id) }) {
            response = ServiceResponse(401, error: "invalid_client", description: "locked")
          }
        }
      },
      Fault("resource-crashes", .major, .tokens, "A token request that names a resource gets 500.") {
        $0.onResponse { _, request, response in
          if request.isTokenRequest, request.form.contains(where: { $0.name == "resource" }) { response = .crash }
        }
      },
      Fault("query-in-errors", .critical, .tokens, "Error responses of the token endpoint repeat the URL.") {
        $0.onResponse { _, request, response in
          guard request.isTokenRequest, response.status != 200, !request.query.isEmpty else { return }
          response.editMembers { $0["path"] = .string("\(request.path)?\(request.query)") }
        }
      },
    ]
    + (0..<4).map { index in
      ignores("token-url-segment-\(index + 1)-ignored", .minor, .tokens, "Segment \(index + 1) of the token URL", index)
      {
        [$0.tokenPath]
      }
    }

  /// At the inbound URL.
  static let inboundURLs: [Fault] = [
    ignores("any-version-accepted", .major, .payload, "The first segment of the inbound URL", 0) { [$0.inboundPath] },
    Fault(
      "delete-empties-the-inbox", .critical, .payload, "DELETE at an inbound URL deletes the payloads that it received."
    ) {
      $0.onResponse { store, request, response in
        guard request.isInbound, request.method == "DELETE", response.status == 405,
          let connector = store.connectors.first(where: { $0.inboundPath == request.path })
        else { return }
        store.emptyInbox(of: connector.name)
        response = ServiceResponse(204)
      }
    },
    Fault(
      "inbound-url-allows-everything", .major, .payload, "Allow in the 405 of the inbound URL names refused methods."
    ) {
      $0.onInboundResponse(405) { $1.setHeader("Allow", everyMethod) }
    },
  ]

  private static let everyMethod = "GET, POST, PUT, PATCH, DELETE"

  /// Takes a path for one of the service that differs in one segment only.
  private static func ignores(
    _ name: String, _ severity: Severity, _ area: Area, _ what: String, _ index: Int,
    _ paths: @escaping @Sendable (ConnectorDefinition) -> [String]
  ) -> Fault {
    Fault(name, severity, area, "\(what) is ignored.") {
      let before = $0.readHead
      $0.readHead = { request in
        before(&request)
        func others(_ path: String) -> [Substring] {
          var parts = path.split(separator: "/")
          if parts.indices.contains(index) { parts[index] = "" }
          return parts
        }
        let known = ConnectorDefinition.standard.flatMap(paths)
        guard !known.contains(request.path) else { return }
        if let path = known.first(where: { others($0) == others(request.path) }) { request.path = path }
      }
    }
  }
}
