// An error of libxml2.

import CLibXML2

public struct XMLError: Error, Sendable, Hashable, CustomStringConvertible {
  public var message: String
  /// The line, counted from 1; `nil` if libxml2 does not report one.
  public var line: Int?
  /// The reader of the output closed the pipe.
  public var isBrokenPipe = false

  /// The text ends before the document does.
  public var isTruncated = false

  /// It says nothing about the document: that or the work on it is beyond a limit of this program, or libxml2 is missing.
  public var isUndecided = false

  public init(_ message: String, line: Int? = nil) {
    self.message = message
    self.line = line
  }

  static func undecided(_ message: String) -> XMLError {
    var error = XMLError(message)
    error.isUndecided = true
    return error
  }

  public var description: String { line.map { "line \($0): \(message)" } ?? message }

  /// An error that libxml2 reported, without its trailing line break.
  init(_ error: UnsafePointer<xmlError>?, default message: String) {
    guard let error, let text = error.pointee.message else {
      self.init(message)
      return
    }
    var message = String(cString: text)
    while message.last?.isWhitespace == true { message.removeLast() }
    self.init(message, line: error.pointee.line > 0 ? Int(error.pointee.line) : nil)
  }
}

enum LibXML2 {
  /// Loads the library, if it is not loaded yet.
  static func require() throws(XMLError) {
    guard let reason = conform_xml_load() else { return }
    throw .undecided(
      "libxml2 cannot be loaded: \(String(cString: reason)); on Debian it is in the package libxml2 or libxml2-16")
  }
}
