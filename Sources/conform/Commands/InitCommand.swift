// conform init: writes a target file, part by part, and tries each part at once.

import ArgumentParser
import ConformanceModel
import Glibc
import HTTPTransport

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Writes a target file for your service: asks, tries each answer at once, and shows what came back.",
    discussion: """
      Answers come from options, or else from a person or from lines on standard input. --discover reads the metadata \
      of an authorization server. Each part is tried by one request: a token, a client, a payload, the clock. Before \
      something is made at a service that is not on this machine, it asks. The file is written when all that was tried \
      fits; else nothing is written, and the status is 3, or 2 for a value that cannot be right.
      """)

  @Argument(help: "The target file to write.")
  var file = "target.yaml"

  @OptionGroup var options: InitOptions
  @OptionGroup var transport: TransportOptions

  func validate() throws { try transport.check() }

  func run() async throws {
    guard options.force || access(file, F_OK) != 0 else {
      throw StartError(.usageError, "\(file) exists; name another file, or overwrite it with --force")
    }
    var info = stat()
    guard stat(file, &info) != 0 || info.st_mode & S_IFMT == S_IFREG else {
      throw StartError(.usageError, "\(file) is not a regular file; name another")
    }
    let client = try HTTPClient(transport.options)
    let session = InitSession(file: file, options: options, transport: transport, client: client)
    let outcome: Result<Void, any Error>
    do { outcome = .success(try await session.run()) } catch { outcome = .failure(error) }
    await session.cleanUp()
    await session.client.shutdown()
    try outcome.get()
  }
}
