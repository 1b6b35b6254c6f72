// Makes the drivers that a target file names.

import ConformanceModel
import Redaction

/// Gives each driver its binding and what it needs to carry it out, and nothing else. A class, since it holds the target:
/// nothing is copied.
final class DriverFactory: Sendable {
  let target: Target
  let templates: TemplateResolver
  let patterns: PatternCache
  let sender: RequestSender
  /// Precedes requests of the management; `nil` if the target needs none.
  let login: Login?
  /// The environment of the programs that the target file names.
  let environment: [String: String]
  let redactor: SecretRedactor
  let stop: StopFlag
  let terminal: Terminal
  /// The simulated clock of the launched target, once it runs, for programs that are to see its time.
  let launchedClock = Locked<ProcessClockDriver?>(nil)
  /// The program of the target, once it runs, for cases that restart it.
  let launched = Locked<LaunchedTarget?>(nil)
  private let programs: ProgramRunner
  /// The driver of the target's clients; `nil` if credentials are given, or clients are not managed at all.
  let clientDriver: (any ClientDriver)?

  init(
    target: Target, templates: TemplateResolver, patterns: PatternCache, sender: RequestSender, login: Login?,
    environment: [String: String], redactor: SecretRedactor, stop: StopFlag
  ) {
    self.target = target
    self.templates = templates
    self.patterns = patterns
    self.sender = sender
    self.login = login
    self.environment = environment
    self.redactor = redactor
    self.stop = stop
    terminal = Terminal(stop: stop)
    programs = ProgramRunner(
      templates: templates, environment: environment, launchedClock: launchedClock, redactor: redactor)
    let login = login?.preceding(.clients)
    clientDriver =
      switch target.clients {
      case .http(let http):
        HTTPClientDriver(
          clients: http, connectors: target.connectors, templates: templates, login: login, patterns: patterns,
          redactor: redactor)
      case .registration(let registration):
        RegistrationDriver(
          registration: registration, templates: templates, login: login,
          authentication: target.token.authentications.first ?? .basic)
      case .command(let command):
        CommandClientDriver(clients: command, hasNoSecrets: target.hasNoSecrets, programs: programs)
      case .prompt(let prompt):
        PromptDriver(clients: prompt, hasNoSecrets: target.hasNoSecrets, terminal: terminal)
      case .static, nil: nil
      }
  }

  /// What signs payloads; `nil` if they are not signed.
  func makePayloadSigner() -> PayloadSigner? {
    target.signature.map { PayloadSigner(signature: $0, programs: programs) }
  }

  /// What reads the inbox, if a program does.
  func makeInboxProgram(_ command: Target.InboxCommand) -> InboxProgram {
    InboxProgram(command: command, programs: programs)
  }

  /// The driver of the target's clock; `nil` if it has none, or if the launched program brings its own.
  func makeClockDriver() -> (any ClockDriver)? {
    switch target.clock {
    case .http(let http):
      HTTPClockDriver(
        clock: http, templates: templates, patterns: patterns, sender: sender, login: login(for: .clock),
        reader: clockReader(http.read))
    case .command(let command):
      CommandClockDriver(clock: command, programs: programs, reader: clockReader(nil))
    case .wall: WallClockDriver(stop: stop)
    case .process, nil: nil
    }
  }

  /// The driver of the simulated clock of a launched program.
  ///
  /// - Parameters:
  ///   - program: The program, as the target file names it.
  ///   - launchFolder: The working directory of the program.
  ///   - start: The time at which the run starts.
  ///   - folder: Takes the clock's file.
  /// - Throws: `TargetError` if nothing that replaces the clock can be used.
  func makeProcessClockDriver(
    _ clock: Target.ProcessClock, program: String, launchFolder: String, start: SimulatedInstant, folder: String
  ) async throws(TargetError) -> ProcessClockDriver {
    try await ProcessClockDriver(
      clock, program: .init(name: program, folder: launchFolder, path: environment["PATH"] ?? ""), start: start,
      folder: folder, reader: clockReader(clock.proof))
  }

  private func clockReader(_ request: Target.RequestTemplate?) -> ClockReader {
    ClockReader(
      request: request, templates: templates, patterns: patterns, sender: sender, login: login(for: .clock))
  }

  /// The login that precedes requests of a part of the target file.
  func login(for part: Target.LoginPart) -> Login? { login?.preceding(part) }
}

extension Login {
  /// The login itself, if it precedes the requests of the part.
  fileprivate func preceding(_ part: Target.LoginPart) -> Login? { binding.parts.contains(part) ? self : nil }
}
