// How the clock of a target is advanced, and how the target is launched.

extension Target {
  /// The way of advancing the clock.
  public enum Clock: Sendable, Hashable {
    case http(HTTPClock)
    /// A simulated clock, injected into the launched program.
    case process(ProcessClock)
    case command(CommandClock)
    /// Real time: a wait takes as long as it says.
    case wall

    /// Whether the clock stands still between advances, so that the exact second can be checked.
    public var standsStill: Bool {
      switch self {
      case .http(let http): http.standsStill
      case .process(let process): process.standsStill
      case .command(let command): command.standsStill
      case .wall: false
      }
    }

    /// The start of simulated time that the target file sets.
    public var start: SimulatedInstant? {
      if case .process(let process) = self { process.start } else { nil }
    }
  }

  /// A clock that is read and advanced by requests to the target.
  public struct HTTPClock: Sendable, Hashable {
    public var read: RequestTemplate?
    public var advance: RequestTemplate
    public var standsStill = true

    public init(advance: RequestTemplate) { self.advance = advance }
  }

  /// A simulated clock in the launched program.
  public struct ProcessClock: Sendable, Hashable {
    public enum Library: Sendable, Hashable {
      /// The program `conform-clock` (module ClockHelper), or `libconform-clock-preload.so` (module ClockShim).
      case own
      /// libfaketime, as in Debian's package `libfaketime`.
      case faketime
    }

    public var library: Library
    public var standsStill = true
    /// A request whose response shows the target's time; `nil` means the Date field of a response at the base URL.
    public var proof: RequestTemplate?
    /// The start of simulated time; `nil` leaves it to the run.
    public var start: SimulatedInstant?
    /// The command starts a container whose entry point is `conform-clock`: it reads the file `clock` of `${folder}`.
    public var isInContainer = false

    public init(library: Library) { self.library = library }
  }

  /// A program that advances the clock.
  public struct CommandClock: Sendable, Hashable {
    public var advance: [Template]
    /// Prints the target's time, as RFC 3339 or seconds since 1970.
    public var read: [Template]?
    public var standsStill = false
    public var program: ProgramSettings

    public init(advance: [Template], _ program: ProgramSettings) {
      self.advance = advance
      self.program = program
    }
  }

  /// What conform starts before the run.
  public enum Launch: Sendable, Hashable {
    /// The reference service, which is part of the executable, and whether it takes TLS connections.
    case referenceService(tls: Bool)
    case command(LaunchCommand)

    /// The words for the reference service.
    public static let words = ["reference-service", "reference-service-tls"]

    public init?(word: String) {
      guard let index = Launch.words.firstIndex(of: word) else { return nil }
      self = .referenceService(tls: index == 1)
    }

    public var isReferenceService: Bool { if case .referenceService = self { true } else { false } }
  }

  /// A program that conform starts before the run and stops after it.
  public struct LaunchCommand: Sendable, Hashable {
    /// The program and its arguments; it runs without a shell.
    public var command: [Template]
    /// The working directory; by default the folder of the target file.
    public var folder: String
    public var environment: [Template.Member] = []
    /// The names of the ports that it opens beside `${port}`, for `${port.NAME}`.
    public var ports: [String] = []
    /// The requests that all succeed once the program is ready; none means any response at the base URL.
    public var ready: [RequestTemplate] = []
    /// What the program makes at its start, by the names of `${launch.NAME}`.
    public var values: [LaunchValue] = []
    /// The time limit in seconds for becoming ready, and for its values.
    public var within = 30.0
    /// What it keeps when it is restarted.
    public var survivesRestart: Set<Kept> = []

    public init(command: [Template], folder: String) {
      self.command = command
      self.folder = folder
    }
  }

  /// What a service can keep when it is restarted.
  public enum Kept: String, Sendable, Hashable, CaseIterable {
    /// Clients with their secrets, and that others were deleted or replaced.
    case clients
    /// Tokens, with the time of their expiry.
    case tokens
    /// That tokens were revoked, or ended with their client.
    case revocations
    /// The payloads that were received.
    case payloads

    public var capability: Capability {
      switch self {
      case .clients: .clientsSurviveRestart
      case .tokens: .tokensSurviveRestart
      case .revocations: .revocationsSurviveRestart
      case .payloads: .payloadsSurviveRestart
      }
    }
  }

  /// A text that a launched program makes, such as the password of its administrator.
  public struct LaunchValue: Sendable, Hashable {
    public var name: String
    public var source: Source
    /// Its first group, or the whole match, is the value; `nil` is the whole text without its line break.
    public var pattern: String?
    public var place: Place

    public enum Source: Sendable, Hashable {
      /// A file, relative to the working directory of the program.
      case file(Template)
      /// What the program prints.
      case output
    }

    public init(name: String, source: Source, pattern: String?, place: Place) {
      self.name = name
      self.source = source
      self.pattern = pattern
      self.place = place
    }
  }

  /// Whether conform launches a program of the target's own.
  public var launchesCommand: Bool {
    if case .command = launch { true } else { false }
  }
}
