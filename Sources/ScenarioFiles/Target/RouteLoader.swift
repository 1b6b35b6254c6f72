// Reads how requests reach a target.

import ConformanceModel
import JSONValue
import YAML

extension TargetLoader {
  /// The schemes of proxies that libcurl knows.
  private static let proxySchemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]

  func route(_ fields: Fields) -> Target.Route {
    var route = Target.Route()
    route.proxy = fields["proxy"].flatMap(proxy)
    route.proxyExceptions = (fields["no-proxy"]?.oneOrMore("no-proxy") ?? []).compactMap(proxyException)
    route.connections = fields["connections"]?.word("connections", Target.Connections.self) ?? .kept
    route.tls = fields["tls"].map { tls($0) } ?? Target.TLS()
    return route
  }

  private func proxy(_ reader: YAMLReader) -> Target.Proxy? {
    guard let url = reader.textTemplate("proxy", scope) else { return nil }
    if url == .literal(.string("none")) { return Target.Proxy.none }
    let text = url.withReferences(as: TargetLoader.placeholder)
    refuseSecrets(inURL: url, reader)
    // the scheme may be in the value of a reference
    if text.first != TargetLoader.placeholder {
      guard let scheme = text.firstRange(of: "://").map({ text[..<$0.lowerBound].lowercased() }) else {
        reader.diagnostic("a proxy is a URL such as http://proxy.example.com:3128, or none")
        return nil
      }
      guard TargetLoader.proxySchemes.contains(scheme) else {
        reader.diagnostic(
          "the scheme '\(scheme.prefix(40))' is not one of a proxy; expected one of: "
            + TargetLoader.proxySchemes.joined(separator: ", "))
        return nil
      }
    }
    return .url(url)
  }

  private func proxyException(_ reader: YAMLReader) -> String? {
    guard let host = reader.text("a host") else { return nil }
    guard !host.isEmpty, !host.contains("://"), !host.contains(where: { $0 == "," || $0.isWhitespace }) else {
      reader.diagnostic("expected a host, an address or a network, such as example.com or 10.0.0.0/8")
      return nil
    }
    return host
  }

  /// - Parameter keywords: Those of a client have no authorities.
  func tls(_ reader: YAMLReader, _ keywords: [Keyword] = TargetKeywords.tls) -> Target.TLS {
    var tls = Target.TLS()
    guard let fields = reader.fields("tls", keywords) else { return tls }
    tls.authority = fields["ca"]?.pathOfReadableFile("ca")
    tls.certificate = fields["certificate"]?.pathOfReadableFile("certificate")
    tls.key = fields["key"]?.pathOfReadableFile("key")
    if let password = fields["key-password"] {
      tls.keyPassword = password.textTemplate("key-password", scope)
      if tls.keyPassword?.references.isEmpty == true { refuseSecret(password) }
    }
    if tls.certificate == nil, fields["certificate"] == nil {
      for name in ["key", "key-password"] {
        fields[name]?.diagnostic("'\(name)' belongs to a certificate; add 'certificate: FILE'")
      }
    }
    return tls
  }
}

extension YAMLReader {
  /// The path of a file, relative to the target file, which must be there.
  fileprivate func pathOfReadableFile(_ what: String) -> String? {
    guard let text = text(what), contents(what) != nil else { return nil }
    return file.neighbour(text)
  }
}
