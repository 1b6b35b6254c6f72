// Which endpoint a path belongs to.

enum Route {
  case token(ConnectorDefinition)
  case revocation(ConnectorDefinition)
  case introspection(ConnectorDefinition)
  /// The metadata of the connector's authorization server.
  case metadata(ConnectorDefinition)
  /// Any path below `/v1/`: authentication comes before existence.
  case inbound
  /// With the path segments after `/connectors/NAME/authentication`: the tab as a page.
  case page(connector: String, [String])
  /// With the path segments after `/connectors`: the tab as an API.
  case tab([String])
  /// With the path segments after `/control`.
  case control([String])
  case health
  case unknown

  init(_ request: ServiceRequest, _ connectors: [ConnectorDefinition]) {
    let parts = request.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
      .map { String(Substring($0)) }
    switch parts.first {
    case "v1" where parts.count >= 2: self = .inbound
    case "connectors" where parts.count == 4 && parts[2] == "oauth":
      // 404 before authentication: an unknown connector has no endpoints
      guard let connector = connectors.first(where: { $0.name == parts[1] }) else {
        self = .unknown
        return
      }
      self =
        switch parts[3] {
        case "token": .token(connector)
        case "revoke": .revocation(connector)
        case "introspect": .introspection(connector)
        default: .unknown
        }
    case ".well-known" where parts.count == 4 && parts[1] == "oauth-authorization-server" && parts[2] == "connectors":
      self = connectors.first { $0.name == parts[3] }.map(Route.metadata) ?? .unknown
    case "connectors" where parts.count >= 3 && parts[2] == "authentication":
      self = .page(connector: parts[1], Array(parts.dropFirst(3)))
    case "connectors": self = .tab(Array(parts.dropFirst()))
    case "control": self = .control(Array(parts.dropFirst()))
    case "health" where parts.count == 1: self = .health
    default: self = .unknown
    }
  }
}
