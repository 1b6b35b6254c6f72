// Why a log or a report could not be read or written.

import ConformanceModel
import Glibc

public struct ReportError: Error, Sendable, Hashable, CustomStringConvertible {
  public var path: String
  public var message: String

  public init(path: String, message: String) {
    self.path = path
    self.message = message
  }

  /// With the system's own words for the last failure.
  package static func system(_ doing: String, _ path: String, number: Int32 = errno) -> ReportError {
    ReportError(path: path, message: "\(doing): \(String(cString: strerror(number)))")
  }

  /// Safe to show: paths and what a log holds are not ours.
  public var description: String { SafeText.forConsole("\(path): \(message)") }
}
