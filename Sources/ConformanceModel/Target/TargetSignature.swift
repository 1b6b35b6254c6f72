// How a target's payloads are signed.

extension Target {
  /// A program that reads a request with a payload as JSON, and prints header fields for it as JSON.
  public struct PayloadSignature: Sendable, Hashable {
    public var command: [Template]
    public var program: ProgramSettings

    public init(command: [Template], _ program: ProgramSettings) {
      self.command = command
      self.program = program
    }
  }
}
