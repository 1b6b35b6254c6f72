// How the time of a target is moved, and how the target is started.

extension Target {
  public enum Clock: Sendable, Hashable {
    case http(HTTPClock)
    /// The launched program runs on a clock of ours.
    case process(ProcessClock)
    case command(CommandClock)
    /// Nothing can be moved: waits take as long as they say.
    case wall

    /// It rests between moves, so that the exact second can be judged.
    public var standsStill: Bool {
      switch self {
      case .http(let http): http.standsStill
      case .process(let process): process.standsStill
      case .command(let command): command.standsStill
      case .wall: false
      }
    }
  }

  /// A clock that is read and moved by requests to the target.
  public struct HTTPClock: Sendable, Hashable {
    public var read: RequestTemplate?
    public var advance: RequestTemplate
    public var standsStill = true

    public init(advance: RequestTemplate) { self.advance = advance }
  }

  /// The wall clock of a launched program, replaced by a library that is loaded before all others.
  public struct ProcessClock: Sendable, Hashable {
    public enum Library: Sendable, Hashable {
      /// The one that comes with the harness.
      case own
      /// libfaketime, as Debian's package `faketime` brings it.
      case faketime
    }

    public var library: Library
    public var standsStill = true
    /// A request whose answer shows the target's time; the Date header of an answer at the base URL where none is given.
    public var proof: RequestTemplate?

    public init(library: Library) { self.library = library }
  }

  /// A program that moves the clock.
  public struct CommandClock: Sendable, Hashable {
    public var advance: [Template]
    /// Prints the target's time, as RFC 3339 or seconds since 1970.
    public var read: [Template]?
    public var standsStill = false
    public var timeLimit = 30.0

    public init(advance: [Template]) { self.advance = advance }
  }

  public enum Launch: Sendable, Hashable {
    /// The reference service that the executable carries.
    case referenceService
    case command(LaunchCommand)
  }

  /// A program that the harness starts before the run and ends after it.
  public struct LaunchCommand: Sendable, Hashable {
    /// Program and arguments; no shell reads them.
    public var command: [Template]
    /// The working directory; the target file's folder where nothing is said.
    public var folder: String
    public var environment: [Template.Member] = []
    /// The request that shows that it is ready; any answer at the base URL where none is given.
    public var ready: RequestTemplate?
    /// Seconds until it has to be ready.
    public var within = 30.0

    public init(command: [Template], folder: String) {
      self.command = command
      self.folder = folder
    }
  }

  public var launchesCommand: Bool {
    if case .command = launch { true } else { false }
  }
}
