// The options of a client, which hold for all of its requests.

import ConformanceModel
import Files
public import HTTPModel

/// Limits, trust and routes of an `HTTPClient`.
public struct HTTPClientOptions: Sendable {
  /// The time limit of a whole exchange, in seconds.
  public var timeout: Double = 10
  /// The time limit for name, connection and TLS together, in seconds; `timeout` holds as well.
  public var connectTimeout: Double = 5
  /// The size of a body in bytes at which the transfer is ended and the response marked `isCut`.
  public var maxResponseBytes: Int = 16 << 20
  /// The bytes of all header lines of a response, with interim responses and trailers; more is an error.
  public var maxHeaderBytes: Int = 256 << 10
  /// The number of all header lines of a response, counted like `maxHeaderBytes`; more is an error.
  public var maxHeaders: Int = 1000
  /// A file of PEM certificates to trust instead of the system's.
  public var caFile: String?
  /// Certificates in PEM to trust instead of the system's.
  public var authority: String?
  /// A file with the certificate of the client, in PEM.
  public var certificateFile: String?
  /// A file with the key of that certificate, in PEM; `nil` if it is in the same file.
  public var keyFile: String?
  /// The password of the key.
  public var keyPassword: String?
  /// Accept any certificate for any name.
  public var insecure: Bool = false
  /// The path of a Unix domain socket to connect to, whatever the host of the URL.
  public var unixSocket: String?
  /// Addresses for names, each `HOST:PORT:ADDRESS` as in curl's `--resolve`.
  public var resolve: [String] = []
  /// How many idle connections are kept for reuse.
  public var maxConnections: Int = 256
  /// How long a connection may have been idle to be used again, in seconds; 118 is libcurl's own default.
  public var maxIdle: Int = 118
  /// The version of HTTP for all requests.
  public var httpVersion = HTTPVersion.http1
  /// The proxies for all requests: those of the environment, unless changed.
  public var proxies = Proxies.ofEnvironment
  /// Send requests to loopback addresses and `localhost` directly, whatever the proxies.
  public var noProxyForLoopback = true
  /// Use each connection for more than one request. Connections over a Unix socket never are.
  public var keepsConnections: Bool = true
  /// How many connections may be open at once; a request beyond waits for one, within its time limit. 0 is any number.
  public var maxOpenConnections: Int = 0

  public init() {}

  /// libcurl does not report which of several Unix sockets a request is about to use.
  var reusesConnections: Bool { keepsConnections && unixSocket == nil }

  /// Throws a `.request` error that names the first invalid option.
  public func check() throws(TransportError) {
    for (name, limit) in [("timeout", timeout), ("connectTimeout", connectTimeout)] where !(limit > 0) {
      throw TransportError(.request, "\(name) must be more than 0 s")
    }
    let counts = [
      ("maxResponseBytes", maxResponseBytes, 0), ("maxHeaderBytes", maxHeaderBytes, 1), ("maxHeaders", maxHeaders, 1),
      ("maxConnections", maxConnections, 1), ("maxOpenConnections", maxOpenConnections, 0), ("maxIdle", maxIdle, 1),
    ]
    for (name, count, least) in counts where count < least {
      throw TransportError(.request, "\(name) must be at least \(least)")
    }
    for entry in resolve where entry.split(separator: ":").count < 3 {
      throw TransportError(.request, "“\(entry)” in resolve is not HOST:PORT:ADDRESS")
    }
    let files = [
      ("certificates", caFile), ("the client's certificate", certificateFile), ("the client's key", keyFile),
    ]
    for case (let what, let file?) in files {
      do { try RegularFile.check(file) } catch { throw TransportError(.request, "the file of \(what) \(error)") }
    }
  }
}
