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
  /// The keys of `endpoints` and their URLs.
  var endpoints: [(name: String, url: String)] = []
  /// The metadata is that of another issuer: nothing is sent to its endpoints.
  var isForeign = false
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
  mutating func discover(_ named: String, _ client: HTTPClient) async throws {
    let issuer = TargetDraft.issuer(named)
    // the URL is printed, and written to the file
    guard !issuer.contains("@") else {
      throw DiscoveryError(message: "--discover expects the URL of the issuer without a user name and a password")
    }
    if issuer != named, issuer + "/" != named {
      remarks.append("the issuer is \(issuer); \(named) is the URL of its metadata")
    }
    guard let scheme = issuer.firstRange(of: "://") else {
      throw DiscoveryError(message: "--discover expects the URL of the issuer, such as https://auth.example.com")
    }
    let rest = issuer[scheme.upperBound...]
    let host = rest.prefix { $0 != "/" }
    let origin = String(issuer[..<scheme.upperBound]) + host
    let path = String(rest.dropFirst(host.count))
    // section 3.1 inserts the well-known part between host and path; OpenID Connect appends it
    let places = [
      "\(origin)\(TargetDraft.serverPlace)\(path)", "\(issuer)\(TargetDraft.openIDPlace)",
    ]
    var tried: [String] = []
    for place in places {
      do throws(TransportError) {
        let response = try await client.send(WireRequest(url: place)).response
        switch TargetDraft.metadata(in: response) {
        case .success(let metadata): return take(metadata, origin: origin, issuer: issuer)
        case .failure(let error): tried.append("\(place): status \(response.status)\(error.message)")
        }
      } catch {
        tried.append(error.message)
      }
    }
    throw DiscoveryError(message: "no metadata found: \(tried.joined(separator: "; "))")
  }

  private static let serverPlace = "/.well-known/oauth-authorization-server"
  private static let openIDPlace = "/.well-known/openid-configuration"

  /// The issuer itself, or that of the URL of its metadata.
  private static func issuer(_ url: String) -> String {
    var issuer = url
    for place in [serverPlace, openIDPlace] {
      if let range = issuer.firstRange(of: place) { issuer.removeSubrange(range) }
    }
    return issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
  }

  /// The metadata, or why there is none.
  private static func metadata(in response: WireResponse) -> Result<JSON, DiscoveryError> {
    guard response.status == 200 else {
      let location = response.headers.first("Location").map { " to \(SafeText.oneLine($0, longest: 200))" } ?? ""
      return .failure(DiscoveryError(message: (300...399).contains(response.status) ? location : ""))
    }
    do throws(JSONError) {
      let metadata = try JSON(parsing: response.body)
      guard metadata["issuer"]?.string != nil, metadata["error"] == nil else {
        return .failure(DiscoveryError(message: ", but no JSON object with an issuer"))
      }
      return .success(metadata)
    } catch {
      let before = response.body.prefix(error.offset)
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
      return .failure(DiscoveryError(message: ", but no JSON: line \(line), column \(column): \(error.message)"))
    }
  }

  private mutating func take(_ metadata: JSON, origin: String, issuer: String) {
    if let named = metadata["issuer"]?.string, named != issuer, named != issuer + "/" {
      remarks.append(
        "the metadata names another issuer, \(SafeText.oneLine(named, longest: 200)); RFC 8414 section 3.3 forbids this"
      )
      isForeign = true
    }
    for name in ["introspection", "revocation"] {
      if let url = relative(metadata["\(name)_endpoint"]?.string, to: origin) { endpoints.append((name, url)) }
    }
    endpoints.append(("issuer", relative(issuer, to: origin) ?? issuer))
    baseURL = origin
    tokenURL = relative(metadata["token_endpoint"]?.string, to: origin)
    registrationURL = relative(metadata["registration_endpoint"]?.string, to: origin)
    let methods =
      metadata["token_endpoint_auth_methods_supported"]?.array?.compactMap(\.string) ?? ["client_secret_basic"]
    authentications = methods.compactMap { ["client_secret_basic": "basic", "client_secret_post": "body"][$0] }
    if authentications.isEmpty {
      let names = methods.map { SafeText.oneLine($0, longest: 40) }.joined(separator: ", ")
      remarks.append(
        "the metadata names neither client_secret_basic nor client_secret_post, but \(names.isEmpty ? "nothing" : names)"
      )
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
    let endpoints = self.endpoints.map { "  \($0.name): \(quoted($0.url))\n" }.joined()
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
      \(endpoints.isEmpty ? "" : "\n# From the metadata.\nendpoints:\n\(endpoints)")
      # How the target's clock is advanced; 'wall' waits in real time, and longer waits are pending.
      clock: { driver: wall }

      """
  }
}
