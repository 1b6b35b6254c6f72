// The command line. Each subcommand parses its words, calls the house, prints, and sets the exit status.

import ArgumentParser
import CPosix
import Dispatch
import Glibc

@main
enum Main {
  /// Not async: what blocks the signals has to run on the first thread, before any other is made.
  static func main() {
    AddressSpace.require()
    Signals.block()
    // secrets lie there in the clear
    _ = cposix_hide_memory()
    // what is given back to the kernel after each case is asked for again by the next one
    cposix_keep_memory(64 << 20)
    Task.detached {
      await Conform.main()
      Glibc.exit(Status.conforms.rawValue)
    }
    // not dispatchMain(): its thread would take signals that are blocked everywhere else
    DispatchSemaphore(value: 0).wait()
  }
}

struct Conform: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "conform",
    abstract: "Verifies services that issue OAuth 2.0 tokens and accept payloads, by declarative scenarios.",
    discussion: """
      Exit status: 0 conforms; 1 a requirement is not met; 2 the files or arguments are wrong, or nothing was selected; \
      3 the target could not be reached, or the harness could not do its work; 130 interrupted.
      """,
    version: version,
    subcommands: [
      InitCommand.self, RunCommand.self, ResumeCommand.self, MergeCommand.self, RenderCommand.self, CompareCommand.self,
      CheckCommand.self, ListCommand.self,
      CleanCommand.self, ServeCommand.self, AuditCommand.self, DocsCommand.self, SchemaCommand.self,
    ],
    defaultSubcommand: nil)

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      // the parser's own word for wrong arguments is 64; ours is 2 in every subcommand
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      if !text.isEmpty { Output.write(text, to: code == .success ? STDOUT_FILENO : STDERR_FILENO) }
      Glibc.exit(code == .validationFailure ? Status.usageError.rawValue : code.rawValue)
    }
  }
}

/// What the exit status says, the same in every subcommand.
enum Status: Int32 {
  case conforms = 0
  case failed = 1
  case usageError = 2
  case couldNotRun = 3
  case interrupted = 130

  var exitCode: ExitCode { ExitCode(rawValue) }
}

enum Output {
  /// Writes a text and a line break, as far as anyone reads it.
  static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
    emit(text.hasSuffix("\n") ? text : text + "\n", to: descriptor)
  }

  /// Writes a text as it is. A reader that has gone away is no failure of ours.
  static func emit(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        raw.baseAddress.map { Glibc.write(descriptor, $0 + written, raw.count - written) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return }
      written += count
    }
  }

  static func error(_ text: String) { write(text, to: STDERR_FILENO) }

  static func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
  }

  static var wantsColours: Bool {
    isTerminal(STDOUT_FILENO) && (getenv("NO_COLOR").map { strlen($0) == 0 } ?? true)
  }
}
