// How a target's payloads are signed.

extension Target {
  /// A program that reads a request with a payload as JSON, and prints header fields for it as JSON.
  public struct PayloadSignature: Sendable, Hashable {
    public var command: [Template]
    /// The time limit in seconds.
    public var timeLimit = 30.0

    public init(command: [Template]) { self.command = command }
  }
}
