// Which proxy a request goes through.

import Glibc

/// The proxies for requests, with the hosts that are reached directly.
///
/// The environment variables are those of libcurl: `http_proxy` in lower case only, since a CGI program gets `HTTP_PROXY` from the
/// client; `https_proxy`, `all_proxy` and `no_proxy` also in upper case.
public struct Proxies: Sendable, Hashable {
  private var http: String?
  private var https: String?
  private var exceptions: [String] = []

  /// Takes the variables from `environment`, which returns `nil` for a variable that is not set.
  public init(_ environment: (String) -> String?) {
    func value(_ names: String...) -> String? { names.lazy.compactMap(environment).first { !$0.isEmpty } }
    let all = value("all_proxy", "ALL_PROXY")
    http = value("http_proxy") ?? all
    https = value("https_proxy", "HTTPS_PROXY") ?? all
    exceptions = value("no_proxy", "NO_PROXY")?.split { $0 == "," || $0 == " " }.map(String.init) ?? []
  }

  /// One proxy for all requests, or none.
  public init(all proxy: String?) {
    http = proxy
    https = proxy
  }

  /// The same with further hosts to which requests go directly, each as an entry of `no_proxy`.
  public func excepting(_ hosts: [String]) -> Proxies {
    var proxies = self
    proxies.exceptions += hosts
    return proxies
  }

  /// The proxies that the environment of this process names.
  public static var ofEnvironment: Proxies { Proxies { name in getenv(name).map { String(cString: $0) } } }

  /// No proxy is named.
  var isEmpty: Bool { http == nil && https == nil }

  /// The proxy for a URL, as the variable has it; `nil` for a direct request.
  func proxy(for url: String, exceptLoopback: Bool) -> String? {
    guard let proxy = url.prefix(6).lowercased() == "https:" ? https : http else { return nil }
    let host = Host(Endpoint.authority(of: url))
    if exceptLoopback, host.isLoopback { return nil }
    return exceptions.contains(where: host.matches) ? nil : proxy
  }

  /// The proxy for a URL as reports show it; `nil` for a direct request.
  public func shownProxy(for url: String, exceptLoopback: Bool) -> String? {
    proxy(for: url, exceptLoopback: exceptLoopback).map(Proxies.shown)
  }

  /// Whether a URL leads to this machine.
  public static func isLoopback(_ url: String) -> Bool { Host(Endpoint.authority(of: url)).isLoopback }

  /// A proxy as reports show it: scheme, host and port, without its user information.
  public static func shown(_ proxy: String) -> String {
    let scheme = proxy.firstRange(of: "://").map { "\(proxy[..<$0.lowerBound].lowercased())://" } ?? "http://"
    return scheme + endpoint(proxy)
  }

  /// `host:port` of a proxy for messages: without its user information.
  static func endpoint(_ proxy: String) -> String {
    let afterScheme = proxy.firstRange(of: "://").map { proxy[$0.upperBound...] } ?? proxy[...]
    let authority = afterScheme.prefix { !"/?#".contains($0) }
    return String(authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority)
  }
}

/// The host of a URL, as a name or an address.
private struct Host {
  private let name: String
  /// The bytes of an IPv4 or IPv6 address; empty for a name.
  private let address: [UInt8]

  init(_ authority: Substring) {
    let isBracketed = authority.first == "["
    let host = isBracketed ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
    name = Host.plain(host)
    address = Host.address(name) ?? []
  }

  /// `localhost` and names below it (RFC 6761 section 6.3), 127.0.0.0/8 and ::1 (RFC 6890), also written as IPv6.
  var isLoopback: Bool {
    switch address.count {
    case 4: address[0] == 127
    case 16:
      address == [UInt8](repeating: 0, count: 15) + [1]
        || address.starts(with: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 127])
    default: name == "localhost" || name.hasSuffix(".localhost")
    }
  }

  /// Whether an entry of `no_proxy` covers the host: `*`, a name with all names below it, an address, or a range such
  /// as `10.0.0.0/8`.
  func matches(_ entry: String) -> Bool {
    if entry == "*" { return true }
    let parts = entry.split(separator: "/", maxSplits: 1)
    guard let first = parts.first else { return false }
    guard address.isEmpty else {
      guard let base = Host.address(Host.plain(first)), base.count == address.count else { return false }
      guard parts.count == 2 else { return base == address }
      return Int(parts[1]).map { Host.isEqual(base, address, bits: $0) } ?? false
    }
    let domain = Host.plain(entry.drop { $0 == "." })
    return !domain.isEmpty && (name == domain || name.hasSuffix("." + domain))
  }

  /// In lower case and without the dot of a fully qualified name.
  private static func plain(_ name: Substring) -> String {
    let name = name.hasSuffix(".") ? name.dropLast() : name
    return name.drop { $0 == "[" }.prefix { $0 != "]" }.lowercased()
  }

  private static func isEqual(_ one: [UInt8], _ other: [UInt8], bits: Int) -> Bool {
    guard (0...one.count * 8).contains(bits) else { return false }
    return zip(one, other).enumerated().allSatisfy { index, pair in
      let count = min(8, max(0, bits - index * 8))
      return (pair.0 ^ pair.1) & ~(0xFF >> count) == 0
    }
  }

  private static func address(_ text: String) -> [UInt8]? {
    var short = in_addr()
    // Like libcurl, also in the forms `127.1` and `0x7f000001`.
    if inet_aton(text, &short) != 0 { return withUnsafeBytes(of: &short.s_addr) { Array($0) } }
    var long = in6_addr()
    return inet_pton(AF_INET6, text, &long) == 1 ? withUnsafeBytes(of: &long) { Array($0) } : nil
  }
}
