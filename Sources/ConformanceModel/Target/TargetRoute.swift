// How requests reach a target: proxies, connections and TLS.

extension Target {
  /// The way of all requests to a target. What it leaves open is decided by options and by the environment.
  public struct Route: Sendable, Hashable {
    /// `nil` means the proxies that the environment names.
    public var proxy: Proxy?
    /// Hosts to which requests go directly: names with their subdomains, addresses and networks, as in `no_proxy`.
    public var proxyExceptions: [String] = []
    /// Whether connections serve more than one request.
    public var connections = Connections.kept
    public var tls = TLS()

    public init() {}
  }

  /// What all requests go through.
  public enum Proxy: Sendable, Hashable {
    /// Nothing, whatever the environment names.
    case none
    /// A proxy with this URL, which may have user information.
    case url(Template)
  }

  /// How long connections are used.
  public enum Connections: String, Sendable, Hashable, CaseIterable {
    /// For many requests (RFC 9112 section 9.3).
    case kept
    /// For one request each.
    case fresh
  }

  /// Files in PEM for TLS connections.
  public struct TLS: Sendable, Hashable {
    /// Certificates to trust in place of the system's.
    public var authority: String?
    /// The certificate of the client (RFC 8446 section 4.4.2), with those between it and its authority.
    public var certificate: String?
    /// The key of that certificate; `nil` if it is in the file of the certificate.
    public var key: String?
    /// The password of the key.
    public var keyPassword: Template?

    public init() {}
  }
}
