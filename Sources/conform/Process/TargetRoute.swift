// The way of requests to a target, with the values of the environment.

import ConformanceModel
import FoundationEssentials
import HTTPTransport
import JSONValue

/// What a target file says about the way of requests.
struct TargetRoute: Codable {
  /// Whether the file says which proxy to use, or none.
  private(set) var namesProxy = false
  private var proxy: String?
  private var exceptions: [String] = []
  private(set) var needsFreshConnections = false
  private(set) var authority: String?
  private(set) var certificate: String?
  private(set) var key: String?
  private(set) var keyPassword: String?

  init() {}

  init(_ target: Target) {
    let route = target.route
    namesProxy = route.proxy != nil
    if case .url(let template) = route.proxy { proxy = target.valueOfEnvironment(template) }
    exceptions = route.proxyExceptions
    needsFreshConnections = route.connections == .fresh
    authority = route.tls.authority
    certificate = route.tls.certificate
    key = route.tls.key
    keyPassword = route.tls.keyPassword.flatMap(target.valueOfEnvironment)
  }

  /// Those of the file, or else of the environment.
  var proxies: Proxies { (namesProxy ? Proxies(all: proxy) : .ofEnvironment).excepting(exceptions) }
}

extension Target {
  /// The proxy through which requests to the base URL go, without its user information; `nil` if they go directly.
  /// Those to this machine go through a proxy only if the target file names it.
  var shownProxy: String? {
    let route = TargetRoute(self)
    return valueOfEnvironment(baseURL).flatMap {
      route.proxies.shownProxy(for: $0, exceptLoopback: !route.namesProxy)
    }
  }

  /// A text with the values of environment variables and files. What else it refers to is on this machine.
  fileprivate func valueOfEnvironment(_ template: Template) -> String? {
    let variables = ProcessInfo.processInfo.environment
    let value = try? template.resolved { reference throws(UnresolvedReference) in
      let name = reference.path.dropFirst().joined(separator: ".")
      switch reference.name {
      case "env": return .string(TargetVariables.withoutLineBreakAtEnd(variables[name] ?? ""))
      case "file":
        guard case .literal(let content)? = files.first(where: { $0.name == name })?.value else { return "" }
        return content
      case "service": return "http://localhost"
      default: return ""
      }
    }
    return value?.plainText
  }
}
