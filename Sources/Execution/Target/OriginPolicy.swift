// The origins to which requests may go.

import ConformanceModel
import HTTPModel
import JSONValue

/// Scheme, host and port of a URL (RFC 6454 section 4).
struct Origin: Sendable, Hashable, CustomStringConvertible {
  var scheme: String
  /// In lower case; an IPv6 address in brackets.
  var host: String
  var port: Int

  /// - Returns: `nil` if the URL is not an absolute one of HTTP, or has an authority that parsers read differently.
  init?(_ url: String) {
    guard let separator = url.firstRange(of: "://") else { return nil }
    scheme = url[..<separator.lowerBound].lowercased()
    guard ["http", "https"].contains(scheme) else { return nil }
    var authority = url[separator.upperBound...].prefix { !"/?#".contains($0) }
    guard authority.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else { return nil }
    if let at = authority.lastIndex(of: "@") {
      guard authority.firstIndex(of: "@") == at else { return nil }
      authority = authority[authority.index(after: at)...]
    }
    let isAddress = authority.hasPrefix("[")
    let end = isAddress ? authority.firstIndex(of: "]").map(authority.index(after:)) : authority.firstIndex(of: ":")
    host = authority[..<(end ?? authority.endIndex)].lowercased()
    guard !host.isEmpty, !isAddress || end != nil, !isAddress || host.hasSuffix("]") else { return nil }
    let rest = authority[(end ?? authority.endIndex)...]
    guard !rest.isEmpty, rest != ":" else {
      port = scheme == "https" ? 443 : 80
      return
    }
    let digits = rest.dropFirst()
    guard rest.first == ":", digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits),
      (1...65_535).contains(number)
    else { return nil }
    port = number
  }

  /// As an entry of `allowed-hosts`.
  var hostAndPort: String { "\(host):\(port)" }

  var description: String { "\(scheme)://\(hostAndPort)" }
}

/// The origins of the URLs in a target file, and the hosts that it allows besides.
///
/// Scenarios and responses are data: neither may send credentials to an origin that the target file does not name.
struct OriginPolicy: Sendable {
  private let origins: Set<Origin>
  /// `host` or `host:port`
  private let allowedHosts: Set<String>
  private let file: String
  /// Scheme and authority of the base URL, with the slash behind them, if it may be sent to: most URLs start with it.
  private let usualStart: [UInt8]

  init(_ target: Target, _ templates: TemplateResolver) {
    file = target.place.file
    allowedHosts = Set(target.allowedHosts)
    let start = OriginPolicy.start(of: templates.baseURL)
    var urls: [String] = []
    let shared = target.urlTemplates
    for connector in target.connectors {
      let values = ["connector": (try? templates.values(of: connector)) ?? .null]
      urls += ([connector.inboundURL] + shared).compactMap { templates.sampleURL($0, values) }
    }
    // nearly all have the origin of the base URL
    let others = start.isEmpty ? urls : urls.filter { !$0.utf8.starts(with: start) }
    origins = Set(([templates.baseURL] + others).compactMap(Origin.init))
    usualStart = start
  }

  /// The start of a URL up to its path; empty if requests may not be sent there.
  private static func start(of url: String) -> [UInt8] {
    guard Origin(url) != nil, HostName.refusal(inURL: url) == nil, let authority = url.firstRange(of: "://")?.upperBound
    else { return [] }
    return Array(url.utf8.prefix(upTo: url[authority...].firstIndex { "/?#".contains($0) } ?? url.endIndex)) + [0x2F]
  }

  /// - Throws: `TransportError` if a request to this URL may not be sent.
  func check(_ url: String) throws(TransportError) {
    if !usualStart.isEmpty, url.utf8.starts(with: usualStart) { return }
    if let refusal = HostName.refusal(inURL: url) { throw TransportError(.request, "not sent: \(refusal)") }
    guard let origin = Origin(url) else {
      throw TransportError(.request, "not sent: the URL has no origin that can be compared with those of \(file)")
    }
    guard !origins.contains(origin), !allowedHosts.contains(origin.host), !allowedHosts.contains(origin.hostAndPort)
    else { return }
    throw TransportError(
      .request,
      "not sent: \(origin) is not an origin of the target; if requests may go there, add "
        + "'allowed-hosts: [\"\(origin.hostAndPort)\"]' to \(file)")
  }
}

/// Sends only requests to the origins of a target.
struct OriginGuard: Transport {
  let transport: any Transport
  let policy: OriginPolicy

  func send(_ request: WireRequest, _ options: SendOptions) async throws(TransportError) -> Exchange {
    try policy.check(request.url)
    return try await transport.send(request, options)
  }

  var executor: (any TaskExecutor)? { transport.executor }

  func settle() async -> [ConnectionSurplus] { await transport.settle() }

  func shutdown() async { await transport.shutdown() }
}

extension Target {
  /// The templates of all URLs in the file, except those of the connectors.
  fileprivate var urlTemplates: [Template] {
    var all = [token.url] + endpoints.values
    switch clients {
    case .http(let http): all += http.requests.values.map(\.url)
    case .registration(let registration): all.append(registration.url)
    case .command, .prompt, .static, nil: break
    }
    switch clock {
    case .http(let http): all += [http.read?.url, http.advance.url].compactMap(\.self)
    case .process(let process): all += [process.proof?.url].compactMap(\.self)
    case .command, .wall, nil: break
    }
    all += connectors.compactMap(\.receiptLookup?.url)
    if let read = inbox?.read { all.append(read.url) }
    if let login { all += login.requests.map(\.url) }
    if case .command(let command) = launch { all += command.ready.map(\.url) }
    return all
  }
}

extension TemplateResolver {
  /// The URL with a placeholder for each value that is only known later; `nil` if the base URL is used for it.
  fileprivate func sampleURL(_ template: Template, _ extra: [String: JSON]) -> String? {
    let text = try? template.resolved { reference throws(UnresolvedReference) in
      if let value = extra[reference.name]?.member(reference.path.dropFirst()) { return value }
      do { return try TemplateResolver.value(of: reference, in: values) } catch { return "x" }
    }
    return text.map { absolute($0.plainText) }
  }
}
