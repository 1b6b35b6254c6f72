// How requests are sent: options of libcurl.

import ArgumentParser
import ConformanceModel
import HTTPModel
import HTTPTransport

struct TransportOptions: ParsableArguments {
  @Option(
    name: .customLong("timeout"),
    help: ArgumentHelp(
      "The time limit of one request: 30s, or a number of seconds. Default: that of the target file, or 10s.",
      valueName: "duration"))
  private var givenTimeout: String?

  @Option(
    name: .customLong("max-answer"), help: "In MiB; larger responses are truncated, with a note.")
  var maxAnswer = 16

  @Option(name: .long, help: "A file with trusted certificates, in PEM.")
  var cacert: String?

  @Option(name: .long, help: "A file with the client's certificate, in PEM.")
  var cert: String?

  @Option(name: .long, help: "A file with the key of the client's certificate, if --cert does not have it.")
  var key: String?

  @Flag(name: .long, help: "Do not verify the target's certificate.")
  var insecure = false

  @Option(name: .customLong("unix-socket"), help: "Connect through this Unix domain socket instead of TCP.")
  var unixSocket: String?

  @Option(name: .long, help: "HOST:PORT:ADDRESS, used instead of a DNS look-up; may be given several times.")
  var resolve: [String] = []

  @Flag(
    name: .customLong("fresh-connections"),
    help: "Disable connection reuse: each request opens its own connection.")
  var freshConnections = false

  func check() throws {
    if let givenTimeout, RequestTimeLimit(parsing: givenTimeout) == nil {
      throw ValidationError("--timeout must be \(RequestTimeLimit.expectation)")
    }
    guard key == nil || cert != nil else { throw ValidationError("--key belongs to a certificate; add --cert FILE") }
    guard (1...1024).contains(maxAnswer) else { throw ValidationError("--max-answer must be from 1 to 1024 MiB") }
    do throws(TransportError) { try options.check() } catch { throw ValidationError(error.message) }
  }

  /// What the target file says about the way of requests.
  private var route = TargetRoute()

  /// Takes over what the target file says and no option does.
  mutating func adopt(_ target: Target) {
    if givenTimeout == nil { givenTimeout = target.timeout.map { "\($0.seconds)" } }
    route = TargetRoute(target)
  }

  /// In seconds.
  var timeout: Double { givenTimeout.flatMap(RequestTimeLimit.init(parsing:))?.seconds ?? HTTPClientOptions().timeout }

  var options: HTTPClientOptions {
    var options = HTTPClientOptions()
    options.timeout = timeout
    options.connectTimeout = min(options.connectTimeout, timeout)
    options.maxResponseBytes = maxAnswer << 20
    options.caFile = cacert ?? route.authority
    options.certificateFile = cert ?? route.certificate
    // the key of one certificate is none of another
    options.keyFile = key ?? (cert == nil ? route.key : nil)
    options.keyPassword = route.keyPassword
    options.insecure = insecure
    options.unixSocket = unixSocket
    options.resolve = resolve
    options.keepsConnections = !freshConnections && !route.needsFreshConnections
    options.proxies = route.proxies
    options.noProxyForLoopback = !route.namesProxy
    return options
  }
}
