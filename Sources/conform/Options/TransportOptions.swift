// How requests are sent: options of libcurl.

import ArgumentParser
import ConformanceModel
import HTTPModel
import HTTPTransport

struct TransportOptions: ParsableArguments {
  @Option(name: .long, help: "The time limit of one request, in seconds.")
  var timeout = 10.0

  @Option(
    name: .customLong("max-answer"), help: "In MiB; larger responses are truncated, with a note.")
  var maxAnswer = 16

  @Option(name: .long, help: "A file with trusted certificates, in PEM.")
  var cacert: String?

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
    guard timeout > 0, timeout <= 3600 else {
      throw ValidationError("--timeout must be more than 0 and at most 3600 seconds")
    }
    guard (1...1024).contains(maxAnswer) else { throw ValidationError("--max-answer must be from 1 to 1024 MiB") }
    do throws(TransportError) { try options.check() } catch { throw ValidationError(error.message) }
  }

  var options: HTTPClientOptions {
    var options = HTTPClientOptions()
    options.timeout = timeout
    options.connectTimeout = min(options.connectTimeout, timeout)
    options.maxResponseBytes = maxAnswer << 20
    options.caFile = cacert
    options.insecure = insecure
    options.unixSocket = unixSocket
    options.resolve = resolve
    options.keepsConnections = !freshConnections
    return options
  }
}
