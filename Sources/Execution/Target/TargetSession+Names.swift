// The built-in names that have the same values in all cases of a target.

import ConformanceModel
import JSONValue

extension TargetSession {
  /// What the target file says of the first connector, its URLs and its limits.
  func builtInNames() throws(UnresolvedReference) -> [String: JSON] {
    if let known = knownNames.withLock({ $0 }) { return known }
    let names = try makeNames()
    if templates.areConstant { knownNames.withLock { $0 = names } }
    return names
  }

  private func makeNames() throws(UnresolvedReference) -> [String: JSON] {
    guard let connector = connector(.first) else { return [:] }
    let values = try templates.values(of: connector)
    var names = ["connector": values]
    // with room for those of a case: it copies them, and adds its own
    names.reserveCapacity(24)
    names["token-url"] = .string(try templates.url(target.token.url, ["connector": values]))
    names["granted-scope"] = try target.token.scope.map { (scope) throws(UnresolvedReference) in
      try templates.resolve(scope, ["connector": values])
    }
    if let limit = target.token.bodyLimit {
      names["largest-token-body"] = .int(limit)
      names["too-large-token-body"] = .int(limit + 1)
    }
    names["inbound-url"] = .string(try templates.url(connector.inboundURL, ["connector": values]))
    for (endpoint, template) in target.endpoints {
      let url = try templates.url(template, ["connector": values])
      names[endpoint == .issuer ? "issuer" : "\(endpoint.rawValue)-url"] = .string(url)
      if endpoint == .issuer {
        names["metadata-url"] = .string(TargetSession.metadataURL(issuer: url))
        names["openid-metadata-url"] = .string(TargetSession.openIDMetadataURL(issuer: url))
      }
    }
    return names
  }

  /// The metadata URL: `/.well-known/oauth-authorization-server` between host and path (RFC 8414 section 3.1).
  static func metadataURL(issuer: String) -> String {
    guard let scheme = issuer.firstRange(of: "://") else { return issuer + wellKnown }
    let path = issuer[scheme.upperBound...].firstIndex(of: "/") ?? issuer.endIndex
    let rest = issuer[path...]
    return issuer[..<path] + wellKnown + (rest.hasSuffix("/") ? rest.dropLast() : rest)
  }

  /// The place of OpenID Connect Discovery, which authorization servers may use as well (RFC 8414 section 5).
  static func openIDMetadataURL(issuer: String) -> String {
    (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
  }

  private static let wellKnown = "/.well-known/oauth-authorization-server"
}
