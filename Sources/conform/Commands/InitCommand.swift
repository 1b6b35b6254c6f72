// conform init: writes a target file, from metadata or from prompts, and tries it.

import ArgumentParser
import ConformanceModel
import Glibc
import HTTPModel
import HTTPTransport
import JSONValue
import Reporting
import RunEvents
import ScenarioFiles

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Writes a target file for your endpoint, from its metadata or from prompts, and tries it.",
    discussion: """
      --discover reads the authorization server's metadata (RFC 8414). At a terminal, conform prompts for anything \
      missing. The probes send a token request without credentials and a payload without a token; they create nothing.
      """)

  @Argument(help: "The target file to write.")
  var file = "target.yaml"

  @Option(help: "The issuer, whose metadata is read.")
  var discover: String?

  @Option(help: "The name of the target.")
  var name: String?

  @Option(name: .customLong("base-url"), help: "The base of relative URLs.")
  var baseURL: String?

  @Option(name: .customLong("token-url"), help: "The token endpoint, absolute or relative to the base URL.")
  var tokenURL: String?

  @Option(name: .customLong("inbound-url"), help: "The URL for payloads, absolute or relative to the base URL.")
  var inboundURL: String?

  @Flag(help: "Overwrite an existing file.")
  var force = false

  @Flag(name: .customLong("no-probe"), help: "Send no request except for the metadata.")
  var skipsProbes = false

  @OptionGroup var transport: TransportOptions

  func validate() throws { try transport.check() }

  func run() async throws {
    guard force || access(file, F_OK) != 0 else {
      throw failure("\(file) exists; name another file, or overwrite it with --force", .usageError)
    }
    var info = stat()
    // the file is read again, to check it
    guard stat(file, &info) != 0 || info.st_mode & S_IFMT == S_IFREG else {
      throw failure("\(file) is not a regular file; name another", .usageError)
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
    for remark in draft.remarks { Output.write("note: \(SafeText.forConsole(remark))") }
    if !skipsProbes, !draft.isForeign { await probe(draft, client) }
    await client.shutdown()
    do throws(Diagnostics) {
      let target = try Target.load(file)
      let capabilities = target.capabilities.map(\.rawValue).sorted()
      Output.write("capabilities: \(capabilities.isEmpty ? "none yet" : capabilities.joined(separator: ", "))")
      Output.write("next: complete the lines marked TODO, then: conform list --target \(file)")
    } catch {
      throw StartError(error.list)
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
    guard Output.isTerminal(STDIN_FILENO) else { throw failure("\(option) is required: \(what)", .usageError) }
    Output.emit("\(what): ")
    guard let line = readLine(), !line.isEmpty else {
      throw failure("no input; use \(option)", .usageError)
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

  /// Prints the responses of the two endpoints to requests that they have to refuse.
  private func probe(_ draft: TargetDraft, _ client: HTTPClient) async {
    let token = WireRequest(
      method: "POST", url: draft.absolute(draft.tokenURL),
      headers: [HeaderField("Content-Type", "application/x-www-form-urlencoded")],
      body: Array("grant_type=client_credentials".utf8))
    await probe("token endpoint, without credentials", token, client) { response in
      let error = (try? JSON(parsing: response.body))?["error"]?.string
      return error.map { "error \($0)" } ?? "no error code in JSON (RFC 6749 section 5.2 requires one)"
    }
    let payload = WireRequest(
      method: "POST", url: draft.absolute(draft.inboundURL), headers: [HeaderField("Content-Type", "application/json")],
      body: Array("{}".utf8))
    await probe("inbound URL, without a token", payload, client) { response in
      response.headers.first("WWW-Authenticate").map { "challenge \($0.prefix(80))" }
        ?? "no WWW-Authenticate (RFC 6750 section 3 requires it)"
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

  private func failure(_ text: String, _ status: ExitStatus) -> ExitCode {
    Output.error(text)
    return status.exitCode
  }
}
