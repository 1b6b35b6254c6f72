// Protection from web pages: which hosts and origins a request may name.

import ConformanceModel
import HTTPModel

/// The host names by which the service may be addressed.
///
/// A page whose host name is rebound to this machine sends its own name in `Host`, so only known names may reach what
/// needs no key. The port is not compared: a browser cannot choose it, and a proxy may listen on another one.
struct TrustedHosts: Sendable {
  private let names: Set<String>
  /// Listening on all interfaces includes their addresses, which cannot be rebound.
  private let allowsAddresses: Bool

  /// - Parameters:
  ///   - listening: The host name or address that the service listens on.
  ///   - allowed: Additional host names and addresses.
  init(listening: String, allowed: [String] = []) {
    let own = ([listening] + allowed).map { $0.contains(":") && !$0.hasPrefix("[") ? "[\($0)]" : $0 }
    names = Set((own + ["localhost", "127.0.0.1", "[::1]"]).map { $0.lowercased() })
    allowsAddresses = ["0.0.0.0", "::"].contains(listening)
  }

  /// - Parameter host: The value of a Host field, with or without a port.
  func contains(_ host: String) -> Bool {
    let name = TrustedHosts.name(of: host).lowercased()
    return names.contains(name) || (allowsAddresses && TrustedHosts.isAddress(name))
  }

  private static func name(of host: String) -> Substring {
    host.hasPrefix("[") ? host[...(host.firstIndex(of: "]") ?? host.startIndex)] : host.prefix { $0 != ":" }
  }

  /// An IPv4 address, or an IPv6 address in brackets.
  private static func isAddress(_ name: String) -> Bool {
    if name.hasPrefix("[") { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }
}

extension ServiceRequest {
  /// - Throws: 400 unless there is exactly one Host field with a host and an optional port (RFC 9112 section 3.2).
  func checkHost() throws(ServiceProblem) {
    guard hosts.count == 1, ServiceRequest.isHost(hosts[0]) else { throw .invalidHost }
  }

  /// - Throws: 403 for an unknown host.
  func checkHost(_ trusted: TrustedHosts) throws(ServiceProblem) {
    guard trusted.contains(host) else { throw .untrustedHost }
  }

  /// - Throws: 403 for an unknown host, and for a request of a page of another origin.
  func checkOrigin(_ trusted: TrustedHosts) throws(ServiceProblem) {
    try checkHost(trusted)
    let origins = headers.values("Origin")
    guard origins.isEmpty || hasOwnOrigin else { throw .foreignOrigin }
    // sent by browsers even if they omit `Origin`, as for an image of another site
    guard headers.values("Sec-Fetch-Site").allSatisfy({ ["same-origin", "none"].contains($0) }) else {
      throw .foreignOrigin
    }
  }

  /// Whether a page of this service sent the request.
  var hasOwnOrigin: Bool {
    let origins = headers.values("Origin")
    // only the host: behind a proxy that terminates TLS the scheme differs
    guard origins.count == 1, let separator = origins[0].firstRange(of: "://") else { return false }
    return origins[0][separator.upperBound...].lowercased() == host.lowercased()
  }

  /// `uri-host [ ":" port ]` with a host that is not empty.
  private static func isHost(_ text: String) -> Bool {
    var rest = text.utf8[...]
    if rest.first == UInt8(ascii: "[") {
      guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
      let address = rest[..<end].dropFirst()
      guard !address.isEmpty, address.allSatisfy({ $0.isHexDigit || ":.".utf8.contains($0) }) else { return false }
      rest = rest[end...].dropFirst()
    } else {
      let name = rest.prefix { $0 != UInt8(ascii: ":") }
      guard !name.isEmpty, name.allSatisfy({ $0.isNameCharacter }) else { return false }
      rest = rest.dropFirst(name.count)
    }
    return rest.isEmpty || rest.dropFirst().allSatisfy { (0x30...0x39).contains($0) } && rest.first == UInt8(ascii: ":")
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool {
    (0x30...0x39).contains(self) || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
  }

  /// A character of a `reg-name` (RFC 3986 section 3.2.2).
  fileprivate var isNameCharacter: Bool {
    (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
      || "-._~%!$&'()*+,;=".utf8.contains(self)
  }
}
