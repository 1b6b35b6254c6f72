// What libxml2 says of a document, in its own words.

import CLibXML2

public struct XMLError: Error, Sendable, Hashable, CustomStringConvertible {
  public var message: String
  /// Counts from 1; `nil` where libxml2 names none.
  public var line: Int?
  /// Nobody reads any more what is written.
  public var isBrokenPipe = false

  public init(_ message: String, line: Int? = nil) {
    self.message = message
    self.line = line
  }

  public var description: String { line.map { "line \($0): \(message)" } ?? message }

  /// The last error that libxml2 noted, without its trailing line break.
  init(_ error: UnsafePointer<xmlError>?, otherwise: String) {
    guard let error, let text = error.pointee.message else {
      self.init(otherwise)
      return
    }
    var message = String(cString: text)
    while message.last?.isWhitespace == true { message.removeLast() }
    self.init(message, line: error.pointee.line > 0 ? Int(error.pointee.line) : nil)
  }
}

enum LibXML2 {
  /// Once for the process, before several threads use the library.
  static let initialised: Bool = {
    xmlInitParser()
    return true
  }()
}
