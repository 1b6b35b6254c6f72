// How the programs run that a target file names.

extension Target {
  /// What surrounds a program that conform runs to its end.
  public struct ProgramSettings: Sendable, Hashable {
    /// The working directory: the folder of the file that names the program.
    public var folder: String
    /// Variables beside those of conform's own environment.
    public var environment: [Template.Member] = []
    /// Whether it sees the simulated time of the launched target.
    public var isOnClock = false
    /// In seconds.
    public var timeLimit = 30.0

    public init(folder: String) { self.folder = folder }
  }
}
