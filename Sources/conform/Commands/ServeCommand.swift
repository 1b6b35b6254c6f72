// conform serve: the reference service alone, as a local double of the API.

import ArgumentParser
import ConformanceModel
import Files
import FoundationEssentials
import ReferenceService

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract:
      "Runs the reference service until it is stopped: a local double of the API with a clock that can be set.")

  @Option(name: .long, help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(name: .shortAndLong, help: "The port to listen on; with 0 the system chooses.")
  var port = 8080

  @Option(
    name: .customLong("allow-host"),
    help: "A further host name that clients use for the service; may be given several times.")
  var allowedHosts: [String] = []

  @Option(
    name: .customLong("tls-cert"),
    help: "Take TLS connections only, with the certificate in this file (PEM). Clients may authenticate by theirs.")
  var certificate: String?

  @Option(
    name: .customLong("tls-key"), help: "The private key of the certificate, if --tls-cert does not have it.")
  var key: String?

  @Option(name: .long, help: "The time of the clock at the start, in RFC 3339.")
  var start = SimulatedInstant.documented.description

  @Option(name: .long, help: "Behave wrongly in this way, to test a pack or a client; may be given several times.")
  var fault: [String] = []

  @Flag(name: .customLong("list-faults"), help: "Show all faults, and exit.")
  var listsFaults = false

  func validate() throws {
    for name in fault where Fault.named(name) == nil {
      throw ValidationError("unknown fault '\(name)'; --list-faults shows all")
    }
    for host in allowedHosts where host.isEmpty || host.contains("/") || host.filter({ $0 == ":" }).count == 1 {
      throw ValidationError("--allow-host must be a host name or an address, without scheme and port: '\(host)'")
    }
    guard key == nil || certificate != nil else {
      throw ValidationError("--tls-key belongs to a certificate; add --tls-cert FILE")
    }
    guard (0...65535).contains(port) else { throw ValidationError("--port must be from 0 to 65535") }
    guard SimulatedInstant(rfc3339: start) != nil else {
      throw ValidationError("--start must be an instant such as 2022-07-20T10:03:08Z")
    }
  }

  func run() async throws {
    if listsFaults { return list() }
    let given = ProcessInfo.processInfo.environment["CONFORM_MANAGER_KEY"].flatMap { $0.isEmpty ? nil : $0 }
    var configuration = ReferenceServiceConfiguration(managerKey: given ?? RandomText.key())
    configuration.host = host
    configuration.port = port
    configuration.allowedHosts = allowedHosts
    configuration.start = SimulatedInstant(rfc3339: start) ?? .documented
    configuration.faults = fault.compactMap(Fault.named)
    configuration.identity = try identity()
    let (stops, stop) = AsyncStream.makeStream(of: String.self)
    Signals.listen { name in stop.yield(name) }
    do {
      try await withReferenceService(configuration) { service in
        Output.write(
          """
          \(service.url)
          token endpoints: \(service.url)/connectors/{orders,products,invoices}/oauth/token
          inbound URLs:    \(service.url)/v1/acme/{orders,products,invoices}
          clients:         \(service.url)/connectors/{orders,products,invoices}/clients
                           with Authorization: Bearer \(given == nil ? service.managerKey : "$CONFORM_MANAGER_KEY")
          as a page:       \(service.url)/connectors/orders/authentication, with the same key
          clock:           \(service.url)/control/clock, starts at \(start)
          """)
        for fault in configuration.faults { Output.write("fault:           \(fault.name): \(fault.sentence)") }
        _ = await stops.first { _ in true }
      }
    } catch let error as ReferenceServiceError {
      Output.error(error.description)
      throw ExitStatus.couldNotRun.exitCode
    }
  }

  private func identity() throws -> ServiceIdentity? {
    guard let certificate else { return nil }
    func text(_ option: String, _ path: String) throws -> String {
      do {
        return String(decoding: try RegularFile.read(path, maxSize: 1 << 20), as: UTF8.self)
      } catch {
        throw ValidationError("\(option): \(error)")
      }
    }
    let text = (certificate: try text("--tls-cert", certificate), key: try key.map { try text("--tls-key", $0) })
    return ServiceIdentity(certificate: text.certificate, key: text.key ?? text.certificate)
  }

  private func list() {
    for area in Fault.Area.allCases {
      let faults = Fault.all.filter { $0.area == area }
      Output.write("\(area.rawValue) (\(faults.count))")
      for fault in faults { Output.write("  \(fault.name) (\(fault.severity.rawValue)): \(fault.sentence)") }
    }
    Output.write("\(Fault.all.count) faults")
  }
}
