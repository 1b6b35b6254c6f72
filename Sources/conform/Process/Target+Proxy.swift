// The proxy between this machine and the target.

import ConformanceModel
import FoundationEssentials
import HTTPTransport
import JSONValue

extension Target {
  /// The proxy through which requests to the base URL go, without its user information; `nil` if they go directly, as
  /// those to loopback addresses and to a launched program there.
  var shownProxy: String? {
    let variables = ProcessInfo.processInfo.environment
    let url = try? baseURL.resolved { reference throws(UnresolvedReference) in
      // what else a base URL refers to is on this machine
      let name = reference.name == "env" ? reference.path.dropFirst().joined(separator: ".") : ""
      return .string(variables[name] ?? (reference.name == "service" ? "http://localhost" : ""))
    }
    return url.flatMap { Proxies.ofEnvironment.shownProxy(for: $0.plainText) }
  }
}
