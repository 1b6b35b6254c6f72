// Why a target cannot be used.

public import RunEvents

/// Why the target cannot be used as its file describes it.
public struct TargetError: Error, Sendable, CustomStringConvertible {
  public var message: String
  public var kind: Finding.Kind

  public init(_ message: String, kind: Finding.Kind = .internal) {
    self.message = message
    self.kind = kind
  }

  public var description: String { message }
}
