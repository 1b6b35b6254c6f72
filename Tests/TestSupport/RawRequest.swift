// What a `RawServer` has received.

/// One request as it was received.
public struct RawRequest: Sendable {
  /// Request line and header lines, with the empty line.
  public var head: String
  /// The body as received, with chunk framing if there is any.
  public var body: [UInt8]
  /// Counted from 1, on its connection.
  public var number: Int
  /// The number of its connection, counted from 1.
  public var connection: Int

  /// Head and body together.
  public var text: String { head + String(decoding: body, as: UTF8.self) }
}
