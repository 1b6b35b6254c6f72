// The root of the command line. A subcommand parses its arguments, starts the work, prints, and sets the exit status.

import ArgumentParser
import Glibc

struct Conform: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conform",
    abstract: "Verifies services that issue OAuth 2.0 tokens and accept payloads, by declarative scenarios.",
    discussion: ExitStatus.help,
    version: Versions.program,
    subcommands: [
      InitCommand.self, RunCommand.self, ResumeCommand.self, MergeCommand.self, RenderCommand.self,
      CompareCommand.self, CheckCommand.self, ListCommand.self, CleanCommand.self, ServeCommand.self,
      AuditCommand.self, ExploreCommand.self, DocsCommand.self, SchemaCommand.self, PackCommand.self,
    ],
    defaultSubcommand: nil)

  /// `conform run` with right arguments, for a fifth less of instructions: the root puts together ten sets of options, the
  /// subcommand alone six. Whatever is to be said about other arguments is left to the root.
  private static func parseRun() -> RunCommand? {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.first == RunCommand.configuration.commandName else { return nil }
    // not the command that shows its help
    return (try? RunCommand.parseAsRoot(Array(arguments.dropFirst()))) as? RunCommand
  }

  static func main() async {
    do {
      var command = try parseRun() ?? parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let error as StartError {
      error.print()
      Main.exit(error.status.rawValue)
    } catch {
      let code = exitCode(for: error)
      var text = fullMessage(for: error)
      // the pack and the libraries are looked up only if the versions are asked for
      if code == .success, text == Versions.program { text = Versions.all }
      if !text.isEmpty { Output.write(text, to: code == .success ? STDOUT_FILENO : STDERR_FILENO) }
      // the argument parser's status for wrong arguments is 64; here it is 2 in every subcommand
      Main.exit(code == .validationFailure ? ExitStatus.usageError.rawValue : code.rawValue)
    }
  }
}
