// The metadata of an authorization server (RFC 8414, OpenID Connect Discovery 1.0).

import ConformanceModel
import HTTPModel
import JSONValue

struct ServerMetadata {
  /// The issuer, whose URL names the metadata.
  let issuer: String
  /// What a person should know of it.
  var remarks: [String] = []
  /// The metadata names another issuer: nothing may be sent to its endpoints (RFC 8414 section 3.3).
  var isForeign = false
  private let json: JSON

  static let serverPlace = "/.well-known/oauth-authorization-server"
  static let openIDPlace = "/.well-known/openid-configuration"

  /// Whether a URL is that of metadata, not of an endpoint.
  static func isPlace(_ url: String) -> Bool { url.contains(serverPlace) || url.contains(openIDPlace) }

  /// Reads the metadata of an issuer.
  ///
  /// - Parameter named: The issuer, or the URL of its metadata.
  /// - Throws: `Refusal` that names each URL and what came back.
  static func read(_ named: String, _ transport: any Transport) async throws(Refusal) -> ServerMetadata {
    if let refusal = URLInput.refusalOfBase(named) {
      throw Refusal(named.contains("@") ? "expected the URL of the issuer without a user name and a password" : refusal)
    }
    let issuer = issuer(named)
    guard let origin = URLInput.origin(of: issuer) else { throw Refusal("the URL of the issuer has no host") }
    let path = String(issuer.dropFirst(origin.count))
    // section 3.1 inserts the well-known part between host and path; OpenID Connect appends it
    var places = ["\(origin)\(serverPlace)\(path)", "\(issuer)\(openIDPlace)"]
    // the URL that was typed is tried first, and once
    if isPlace(named) { places = [named] + places.filter { $0 != named } }
    var tried: [String] = []
    for place in places {
      do throws(TransportError) {
        let response = try await transport.send(WireRequest(url: place)).response
        switch metadata(in: response) {
        case .success(let json): return ServerMetadata(json, issuer: issuer, named: named)
        case .failure(let refusal): tried.append("\(place): HTTP \(response.status)\(refusal.reason)")
        }
      } catch {
        tried.append(error.message)
      }
    }
    throw Refusal("no metadata found: \(tried.joined(separator: "; "))", .couldNotRun)
  }

  private init(_ json: JSON, issuer: String, named: String) {
    self.json = json
    self.issuer = issuer
    if issuer != named, issuer + "/" != named {
      remarks.append("the issuer is \(issuer); \(named) is the URL of its metadata")
    }
    if let other = json["issuer"]?.string, other != issuer, other != issuer + "/" {
      remarks.append(
        "the metadata names another issuer, \(SafeText.oneLine(other, longest: 200)); RFC 8414 section 3.3 forbids this"
      )
      isForeign = true
    }
    if authentications.isEmpty {
      let names = methods.map { SafeText.oneLine($0, longest: 40) }.joined(separator: ", ")
      remarks.append(
        "the metadata names no way of client authentication that conform knows, but "
          + (names.isEmpty ? "nothing" : names)
      )
    }
    if let grants = json["grant_types_supported"]?.array?.compactMap(\.string), !grants.contains("client_credentials") {
      remarks.append("the metadata does not list the grant type client_credentials")
    }
  }

  /// Scheme and authority of the issuer.
  var origin: String { URLInput.origin(of: issuer) ?? issuer }

  /// The URL of an endpoint, below the origin if it is there.
  func endpoint(_ name: String) -> String? {
    json["\(name)_endpoint"]?.string.map { TargetDraft.literal(URLInput.relative($0, to: origin)) }
  }

  /// The ways of client authentication that conform knows, the default being that of RFC 8414 section 2.
  var authentications: [ClientAuthentication] {
    var seen: Set<ClientAuthentication> = []
    return methods.compactMap { ClientAuthentication(registeredName: $0) }.filter { seen.insert($0).inserted }
  }

  private var methods: [String] {
    json["token_endpoint_auth_methods_supported"]?.array?.compactMap(\.string) ?? ["client_secret_basic"]
  }

  /// The issuer itself, or that of the URL of its metadata.
  private static func issuer(_ url: String) -> String {
    var issuer = url
    for place in [serverPlace, openIDPlace] {
      if let range = issuer.firstRange(of: place) { issuer.removeSubrange(range) }
    }
    return issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
  }

  /// The metadata, or why there is none.
  private static func metadata(in response: WireResponse) -> Result<JSON, Refusal> {
    guard response.status == 200 else {
      let location = ResponseText.location(of: response).map { ", a redirect to \($0)" }
      return .failure(Refusal(location ?? ""))
    }
    do throws(JSONError) {
      let metadata = try JSON(parsing: response.body)
      guard metadata["issuer"]?.string != nil, metadata["error"] == nil else {
        return .failure(Refusal(", but no JSON object with an issuer"))
      }
      return .success(metadata)
    } catch {
      return .failure(Refusal(", but no JSON: \(ResponseText.place(of: error, in: response.body))"))
    }
  }
}
