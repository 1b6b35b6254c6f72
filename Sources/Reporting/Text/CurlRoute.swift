// The options of curl for the way of requests to a target: proxy, certificates, addresses.

public import RunEvents

public struct CurlRoute: Sendable {
  /// For all URLs, and for those of https.
  private var all: [String] = []
  private var tls: [String] = []
  private var certificate: [String] = []

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
      case "tls.cert": certificate += ["--cert", Shell.quote(fact.value)]
      case "tls.key": certificate += ["--key", Shell.quote(fact.value)]
      case "tls.verified" where fact.value == "false": tls.append("--insecure")
      // its certificate is in no file
      case "target.launch" where fact.value == "reference-service-tls": tls.append("--insecure")
      default: break
      }
    }
  }

  /// - Parameter own: The certificate of the request, if it is not that of all.
  func options(for url: String, _ own: CertificateRecord? = nil) -> [String] {
    guard url.utf8.starts(with: "https:".utf8) else { return all }
    let files = own.map { [("--cert", $0.file), ("--key", $0.key)] }
    return all + tls
      + (files.map { $0.flatMap { option, file in file.map { [option, Shell.quote($0)] } ?? [] } } ?? certificate)
  }
}
