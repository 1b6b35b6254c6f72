// The first target file of an endpoint.

import ConformanceModel
import HTTPModel
import HTTPTransport
import JSONValue

/// The metadata of an authorization server could not be used.
struct DiscoveryError: Error {
  var message: String
}

struct TargetDraft {
  var name: String?
  var baseURL: String?
  var tokenURL: String?
  var inboundURL: String?
  var registrationURL: String?
  /// The default of RFC 8414 section 2.
  var authentications = ["basic"]
  var remarks: [String] = []

  func absolute(_ url: String?) -> String {
    guard let url, !url.contains("://") else { return url ?? "" }
    let base = baseURL ?? ""
    return (base.hasSuffix("/") ? String(base.dropLast()) : base) + (url.hasPrefix("/") ? url : "/" + url)
  }

  /// Reads authorization server metadata (RFC 8414 section 3).
  ///
  /// - Throws: `DiscoveryError`.
  mutating func discover(_ issuer: String, _ client: HTTPClient) async throws {
    let issuer = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
    guard let scheme = issuer.firstRange(of: "://") else {
      throw DiscoveryError(message: "--discover expects the URL of the issuer, such as https://auth.example.com")
    }
    let rest = issuer[scheme.upperBound...]
    let host = rest.prefix { $0 != "/" }
    let origin = String(issuer[..<scheme.upperBound]) + host
    let path = String(rest.dropFirst(host.count))
    // section 3.1 inserts the well-known part between host and path; OpenID Connect appends it
    let places = [
      "\(origin)/.well-known/oauth-authorization-server\(path)", "\(issuer)/.well-known/openid-configuration",
    ]
    var tried: [String] = []
    for place in places {
      do throws(TransportError) {
        let response = try await client.send(WireRequest(url: place)).response
        guard response.status == 200, let metadata = try? JSON(parsing: response.body),
          metadata["issuer"]?.string != nil,
          metadata["error"] == nil
        else {
          let isFound = response.status == 200
          let location = response.headers.first("Location").map { " to \(SafeText.oneLine($0, longest: 200))" } ?? ""
          let redirect = (300...399).contains(response.status) ? location : ""
          let rest = isFound ? ", but no JSON object with an issuer" : redirect
          tried.append("\(place): status \(response.status)\(rest)")
          continue
        }
        return take(metadata, origin: origin, issuer: issuer)
      } catch {
        tried.append(error.message)
      }
    }
    throw DiscoveryError(message: "no metadata found: \(tried.joined(separator: "; "))")
  }

  private mutating func take(_ metadata: JSON, origin: String, issuer: String) {
    if let named = metadata["issuer"]?.string, named != issuer, named != issuer + "/" {
      remarks.append("the metadata names another issuer; RFC 8414 section 3.3 forbids this")
    }
    baseURL = origin
    tokenURL = relative(metadata["token_endpoint"]?.string, to: origin)
    registrationURL = relative(metadata["registration_endpoint"]?.string, to: origin)
    let methods =
      metadata["token_endpoint_auth_methods_supported"]?.array?.compactMap(\.string) ?? ["client_secret_basic"]
    authentications = methods.compactMap { ["client_secret_basic": "basic", "client_secret_post": "body"][$0] }
    if authentications.isEmpty {
      remarks.append("the metadata names neither client_secret_basic nor client_secret_post")
      authentications = ["basic"]
    }
    if let grants = metadata["grant_types_supported"]?.array?.compactMap(\.string),
      !grants.contains("client_credentials")
    {
      remarks.append("the metadata does not list the grant type client_credentials")
    }
    name = name ?? "The service at \(origin)"
  }

  private func relative(_ url: String?, to origin: String) -> String? {
    guard let url else { return nil }
    return url.hasPrefix(origin + "/") ? String(url.dropFirst(origin.count)) : url
  }

  /// The file. Texts are written as JSON strings, which are also YAML.
  var yaml: String {
    func quoted(_ text: String?) -> String { JSON.string(text ?? "").compact.replacing("${", with: "$${") }
    let clients =
      registrationURL.map {
        """
        clients:
          # dynamic client registration, from the metadata
          rfc7591:
            url: \(quoted($0))
            # TODO: if the endpoint is protected
            # initial-access-token: ${env.INITIAL_ACCESS_TOKEN}
            # managed: true    # if clients can be read and deleted (RFC 7592)
        """
      } ?? """
        # TODO: how clients are managed. Static credentials come from the environment. Alternatives: requests
        # (create, list, show, replace, delete), rfc7591, command and prompt.
        clients:
          static:
            - { id: "${env.CLIENT_ID}", secret: "${env.CLIENT_SECRET}" }
        """
    return """
      # A target of conform; 'conform schema' writes the schema for your editor.
      \(remarks.map { "# Note: \($0)\n" }.joined())target: \(quoted(name))
      base-url: \(quoted(baseURL))
      # live: a run must leave nothing behind. Write 'disposable' if it may create and leave anything.
      environment: live

      # Choices that the documents leave open; the defaults are in the guide to scenarios.
      # behaviour: { token-lifetime: 86400, payload-accepted: [200, 201] }

      token:
        url: \(quoted(tokenURL))
        client-authentication: [\(authentications.joined(separator: ", "))]

      connectors:
        # TODO: the connector's name, and payloads that its service accepts and rejects
        first:
          inbound-url: \(quoted(inboundURL))
          payloads:
            valid: { json: { id: "${unique}" } }
            # wrong-entity: { json: { … } }
            # blank: { text: "", content-type: application/json }

      \(clients)

      # How the target's clock is advanced; 'wall' waits in real time, and longer waits are pending.
      clock: { driver: wall }

      """
  }
}
