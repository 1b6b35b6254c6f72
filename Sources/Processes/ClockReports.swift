// What conform-clock prints about the programs that it starts.

import ConformanceModel

/// Reads the lines of conform-clock in the output of a target.
public final class ClockReports: Sendable {
  static let prefix = "conform-clock: "
  private static let stays = " stays on the machine's time: ", isGo = " is a Go program"

  private struct State {
    var unsimulated: String?
    var goProgram: String?
  }

  private let state = Locked(State())

  public init() {}

  /// The first program that reads the time of the machine, with the reason; `nil` if there is none.
  public var unsimulated: String? { state.withLock { $0.unsimulated } }

  /// The path of the first program that was made by the Go compiler.
  public var goProgram: String? { state.withLock { $0.goProgram } }

  /// - Parameter lines: Whole lines of the output.
  public func read(_ lines: [UInt8]) {
    for line in lines.split(separator: UInt8(ascii: "\n")) where line.starts(with: ClockReports.prefix.utf8) {
      let text = String(decoding: line.dropFirst(ClockReports.prefix.utf8.count), as: UTF8.self)
      if let found = text.firstRange(of: ClockReports.stays) {
        let reason = "clock not simulated for \(text[..<found.lowerBound]): \(text[found.upperBound...])"
        state.withLock { $0.unsimulated = $0.unsimulated ?? reason }
      } else if text.hasSuffix(ClockReports.isGo) {
        let name = String(text.dropLast(ClockReports.isGo.count))
        state.withLock { $0.goProgram = $0.goProgram ?? name }
      }
    }
  }
}
