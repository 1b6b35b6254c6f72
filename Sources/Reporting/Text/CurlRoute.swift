// The options of curl for the way of requests to a target: proxy, certificates, addresses.

public import RunEvents

public struct CurlRoute: Sendable {
  /// For all URLs, and for those of https.
  private var all: [String] = []
  private var tls: [String] = []

  /// Without options.
  public static let direct = CurlRoute()

  private init() {}

  /// No password is in the facts of a run: curl asks for that of a key.
  public init(_ run: RunDescription) {
    for fact in run.environment {
      switch fact.name {
      case "proxy" where fact.value == "none": all += ["--noproxy", "'*'"]
      case "proxy": all += ["--proxy", Shell.quote(fact.value)]
      case "resolve": all += ["--resolve", Shell.quote(fact.value)]
      case "unix-socket": all += ["--unix-socket", Shell.quote(fact.value)]
      case "tls.cacert": tls += ["--cacert", Shell.quote(fact.value)]
      case "tls.cert": tls += ["--cert", Shell.quote(fact.value)]
      case "tls.key": tls += ["--key", Shell.quote(fact.value)]
      case "tls.verified" where fact.value == "false": tls.append("--insecure")
      default: break
      }
    }
  }

  func options(for url: String) -> [String] {
    url.utf8.starts(with: "https:".utf8) ? all + tls : all
  }
}
