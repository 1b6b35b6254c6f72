// Host names in URLs, which are ASCII: an internationalised name is written as its A-label.

public enum HostName {
  /// Why a request cannot go to the host of an absolute URL; `nil` if the host is in ASCII.
  ///
  /// The name goes into the URL, the Host field, TLS and DNS as its A-label (RFC 5890 section 2.3.2.1). Percent-encoded
  /// octets of a name (RFC 3986 section 3.2.2) are as good as characters beyond ASCII: DNS has neither.
  public static func refusal(inURL url: String) -> String? {
    // hardly any URL has one of these, and then no host does
    guard url.hasByte(where: isRefused) else { return nil }
    guard let start = url.firstRange(of: "://")?.upperBound else { return nil }
    let authority = url[start...].prefix { !"/?#".contains($0) }
    let hostAndPort = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    return hostAndPort.first == "[" ? nil : refusal(ofHost: String(hostAndPort.prefix { $0 != ":" }))
  }

  private static func isRefused(_ byte: UInt8) -> Bool { byte >= 0x80 || byte == UInt8(ascii: "%") }

  /// The same for a host alone.
  public static func refusal(ofHost host: String) -> String? {
    guard host.utf8.contains(where: isRefused) else { return nil }
    return
      "the host name '\(host.prefix(60))' is not in ASCII; write its A-label (RFC 5890 section 2.3.2.1), which begins "
      + "with xn--, such as xn--bcher-kva.example for bücher.example"
  }
}

extension String {
  /// Whether one of the bytes is such a one. Each URL and each field of a request passes here.
  @inlinable package func hasByte(where isSuch: (UInt8) -> Bool) -> Bool {
    utf8.withContiguousStorageIfAvailable { $0.contains(where: isSuch) } ?? utf8.contains(where: isSuch)
  }
}
