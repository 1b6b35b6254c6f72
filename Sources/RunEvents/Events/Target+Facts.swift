// The target as it is configured, for people who read a report: endpoints, and what the target declares.

public import ConformanceModel
import JSONValue

extension Target {
  /// Each setting and each behaviour, including defaults. Templates are not resolved, so no value of a variable is
  /// shown.
  ///
  /// - Parameter baseURL: As it was resolved for this run.
  public func facts(baseURL: String) -> [RunFact] {
    var facts = [RunFact("target.base-url", baseURL), RunFact("target.environment", environment.rawValue)]
    facts.append(RunFact("target.token", "\(token.method) \(token.url.shown)"))
    facts.append(RunFact("target.client-authentication", token.authentications.map(\.rawValue).joined(separator: ", ")))
    for connector in connectors {
      facts.append(RunFact("target.connectors.\(connector.name)", connector.inboundURL.shown))
    }
    for (endpoint, url) in endpoints.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      facts.append(RunFact("target.endpoints.\(endpoint.rawValue)", url.shown))
    }
    facts.append(RunFact("target.clients", clients?.driver ?? "none"))
    facts.append(
      RunFact(
        "target.clock",
        clock.map { "\($0.driver), \($0.standsStill ? "stands still between advances" : "runs")" } ?? "none"))
    if let launch { facts.append(RunFact("target.launch", launch.driver)) }
    if let rate { facts.append(RunFact("target.rate", "\(rate.plain(decimals: 3)) requests a second")) }
    for behaviour in Behaviour.allCases {
      let declared = self.behaviour[behaviour]
      let value = declared ?? behaviour.defaultValue
      facts.append(
        RunFact(
          "target.behaviour.\(behaviour.rawValue)",
          (value.string ?? value.compact) + (declared == nil ? " (default)" : "")))
    }
    facts.append(RunFact("target.capabilities", capabilities.map(\.rawValue).sorted().joined(separator: ", ")))
    return facts
  }
}

extension Target.Clients {
  fileprivate var driver: String {
    switch self {
    case .http: "http"
    case .registration: "rfc7591"
    case .command: "command"
    case .prompt: "prompt"
    case .static: "static"
    }
  }
}

extension Target.Clock {
  fileprivate var driver: String {
    switch self {
    case .http: "http"
    case .process(let process): process.library == .own ? "process" : "faketime"
    case .command: "command"
    case .wall: "wall"
    }
  }
}

extension Target.Launch {
  fileprivate var driver: String {
    switch self {
    case .referenceService(let tls): tls ? "reference-service-tls" : "reference-service"
    case .command: "command"
    }
  }
}
