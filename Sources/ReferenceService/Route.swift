// Where a request is meant for.

enum Route {
  case token(ConnectorDefinition)
  /// Any address below `/v1/`: authentication comes before existence.
  case inbound
  /// What stands behind `/connectors`.
  case tab([String])
  /// What stands behind `/control`.
  case control([String])
  case health
  case nowhere

  init(_ request: ServiceRequest, _ connectors: [ConnectorDefinition]) {
    let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    switch parts.first {
    case "v1" where parts.count >= 2: self = .inbound
    case "connectors" where parts.count == 4 && parts[2] == "oauth" && parts[3] == "token":
      // an unknown connector has no token endpoint, and says so to everyone
      self = connectors.first { $0.name == parts[1] }.map(Route.token) ?? .nowhere
    case "connectors": self = .tab(Array(parts.dropFirst()))
    case "control": self = .control(Array(parts.dropFirst()))
    case "health" where parts.count == 1: self = .health
    default: self = .nowhere
    }
  }
}
