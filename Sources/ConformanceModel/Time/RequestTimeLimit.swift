// The time limit of one request, as the command line and target files have it.

/// A time limit in seconds, from 1 ms to an hour.
public struct RequestTimeLimit: Sendable, Hashable, CustomStringConvertible {
  public let seconds: Double

  /// What a message says if a text is not a time limit.
  public static let expectation = "a time limit from 1ms to 1h, such as 30s, or a number of seconds"

  public var description: String { SimulatedDuration(milliseconds: Int64((seconds * 1000).rounded())).description }

  init(milliseconds: Int) { seconds = Double(milliseconds) / 1000 }

  /// Parses a duration such as `30s` or `1m 30s`, or a number of seconds such as `10` or `0.5`.
  ///
  /// - Returns: `nil` if the text is neither, or is out of range.
  public init?(parsing text: String) {
    let isNumber = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    let parsed =
      isNumber
      ? Double(text) : (try? SimulatedDuration(parsing: text)).map { Double($0.milliseconds) / 1000 }
    guard let parsed, (0.001...3600).contains(parsed) else { return nil }
    seconds = parsed
  }
}
