// conform init: writes a target file, from metadata or by asking, and tries it out.

import ArgumentParser
import ConformanceModel
import Foundation
import HTTPModel
import HTTPTransport
import JSONValue
import Reporting
import RunEvents
import ScenarioFiles

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Writes a target file for your endpoint, from its metadata or by asking, and tries it out.",
    discussion: """
      With --discover the authorization server's metadata (RFC 8414) is read. What neither it nor an option tells is asked \
      at the terminal. The probes send a token request without credentials and a payload without a token: nothing is made.
      """)

  @Argument(help: "The target file to write.")
  var file = "target.yaml"

  @Option(help: "The issuer whose metadata is read.")
  var discover: String?

  @Option(help: "The target's name.")
  var name: String?

  @Option(name: .customLong("base-url"), help: "What relative URLs stand on.")
  var baseURL: String?

  @Option(name: .customLong("token-url"), help: "The token endpoint, absolute or relative to the base URL.")
  var tokenURL: String?

  @Option(name: .customLong("inbound-url"), help: "Where payloads are posted, absolute or relative to the base URL.")
  var inboundURL: String?

  @Flag(help: "Write over a file that is there.")
  var force = false

  @Flag(name: .customLong("no-probe"), help: "Send nothing but the request for the metadata.")
  var skipsProbes = false

  @OptionGroup var transport: TransportOptions

  func validate() throws { try transport.check() }

  func run() async throws {
    guard force || !FileManager.default.fileExists(atPath: file) else {
      throw failure("\(file) is there already; name another file, or write over it with --force", .usageError)
    }
    var info = stat()
    // it is read again, to be checked
    guard stat(file, &info) != 0 || info.st_mode & S_IFMT == S_IFREG else {
      throw failure("\(file) is no file in which a target could stand; name another", .usageError)
    }
    let client = try HTTPClient(transport.options)
    var draft = TargetDraft()
    do {
      try await fill(&draft, client)
    } catch {
      await client.shutdown()
      throw error
    }
    try write(draft)
    Output.write("written: \(file)")
    if !skipsProbes { await probe(draft, client) }
    await client.shutdown()
    do throws(Diagnostics) {
      let target = try Target.load(file)
      let capabilities = target.capabilities.map(\.rawValue).sorted()
      Output.write("capabilities: \(capabilities.isEmpty ? "none yet" : capabilities.joined(separator: ", "))")
      Output.write("next: complete the file where it says TODO, then: conform list --target \(file)")
    } catch {
      SelectionOptions.report(error.list)
      throw Status.usageError.exitCode
    }
  }

  private func fill(_ draft: inout TargetDraft, _ client: HTTPClient) async throws {
    if let discover {
      do {
        try await draft.discover(discover, client)
      } catch let error as DiscoveryError {
        throw failure(error.message, .couldNotRun)
      }
    }
    draft.name = try name ?? draft.name ?? ask("the target's name", "--name")
    draft.baseURL =
      try baseURL ?? draft.baseURL ?? ask("its base URL, such as https://staging.example.com", "--base-url")
    draft.tokenURL = try tokenURL ?? draft.tokenURL ?? ask("its token endpoint, such as /oauth/token", "--token-url")
    draft.inboundURL = try inboundURL ?? ask("its inbound URL, such as /v1/acme/orders", "--inbound-url")
  }

  private func ask(_ what: String, _ option: String) throws -> String {
    guard Output.isTerminal(STDIN_FILENO) else { throw failure("\(option) is needed: \(what)", .usageError) }
    Output.emit("\(what): ")
    guard let line = readLine(), !line.isEmpty else {
      throw failure("nothing was answered; give \(option)", .usageError)
    }
    return line
  }

  private func write(_ draft: TargetDraft) throws {
    do throws(ReportError) {
      try ReportFile.write(draft.yaml, to: file)
    } catch {
      throw failure(error.description, .couldNotRun)
    }
  }

  /// Says what the two endpoints answer to requests that they have to refuse.
  private func probe(_ draft: TargetDraft, _ client: HTTPClient) async {
    let token = WireRequest(
      method: "POST", url: draft.absolute(draft.tokenURL),
      headers: [HeaderField("Content-Type", "application/x-www-form-urlencoded")],
      body: Array("grant_type=client_credentials".utf8))
    await probe("token endpoint, without credentials", token, client) { response in
      let error = (try? JSON(parsing: response.body))?["error"]?.string
      return error.map { "error \($0)" } ?? "no error code in JSON, as RFC 6749 section 5.2 wants it"
    }
    let payload = WireRequest(
      method: "POST", url: draft.absolute(draft.inboundURL), headers: [HeaderField("Content-Type", "application/json")],
      body: Array("{}".utf8))
    await probe("inbound URL, without a token", payload, client) { response in
      response.headers.first("WWW-Authenticate").map { "challenge \($0.prefix(80))" }
        ?? "no WWW-Authenticate, as RFC 6750 section 3 wants it"
    }
  }

  private func probe(_ what: String, _ request: WireRequest, _ client: HTTPClient, _ describe: (WireResponse) -> String)
    async
  {
    do throws(TransportError) {
      let response = try await client.send(request).response
      Output.write("\(what): \(response.status), \(describe(response).filter { $0 >= " " && $0 != "\u{7F}" })")
    } catch {
      Output.write("\(what): \(error.message)")
    }
  }

  private func failure(_ text: String, _ status: Status) -> ExitCode {
    Output.error(text)
    return status.exitCode
  }
}
