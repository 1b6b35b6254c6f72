// Why a log or a report could not be read or written.

import ConformanceModel
public import Files
import Glibc

/// Why a log or a report cannot be read or written.
public struct ReportError: Error, Sendable, Hashable, CustomStringConvertible {
  public var path: String
  public var message: String

  public init(path: String, message: String) {
    self.path = path
    self.message = message
  }

  public init(_ error: FileError) { self.init(path: error.path, message: error.message) }

  /// With the words of the system for the last failure.
  package static func system(_ doing: String, _ path: String, number: Int32 = errno) -> ReportError {
    ReportError(path: path, message: "\(doing): \(String(cString: strerror(number)))")
  }

  /// Safe to print: paths and the contents of a log can be anything.
  public var description: String { SafeText.forConsole("\(path): \(message)") }
}
