// Header fields that are lists of names: Cache-Control, Pragma, Allow, Vary, Connection (RFC 9110 section 5.6.1).

/// The members of a list field whose elements are tokens, with or without a value.
public struct FieldList: Sendable, Hashable {
  /// The names of the members in lower case, in their order: of `max-age=0, private="no-store"`, max-age and private.
  public private(set) var names: [String] = []
  /// The elements that are not a token with at most one value and parameters, as they were sent.
  public private(set) var malformed: [String] = []

  /// - Parameter field: The value of the field, or the values of several fields, joined by commas (section 5.3).
  public init(_ field: String) {
    var scanner = FieldScanner(field)
    while true {
      scanner.skipWhitespace()
      if scanner.isAtEnd { return }
      // empty elements of a list are allowed (section 5.6.1.2)
      if scanner.read(",") { continue }
      let start = scanner
      if let name = FieldList.element(&scanner) {
        names.append(name.lowercased())
      } else {
        malformed.append(FieldList.skip(from: start, &scanner))
      }
    }
  }

  /// Whether the list has a member of this name; names differ by more than their case.
  public func contains(_ name: String) -> Bool { names.contains(name.lowercased()) }

  /// A token, with a value after `=` and with parameters after `;`, up to the next comma.
  ///
  /// - Returns: `nil` if the element is of another form.
  private static func element(_ scanner: inout FieldScanner) -> String? {
    let name = scanner.token()
    guard !name.isEmpty, readValue(&scanner) else { return nil }
    scanner.skipWhitespace()
    while scanner.read(";") {
      scanner.skipWhitespace()
      _ = scanner.token()
      guard readValue(&scanner) else { return nil }
      scanner.skipWhitespace()
    }
    return scanner.isAtEnd || scanner.next == "," ? name : nil
  }

  /// `=` and a token or a quoted string, if there is a value.
  private static func readValue(_ scanner: inout FieldScanner) -> Bool {
    guard scanner.read("=") else { return true }
    if scanner.next == "\"" { return scanner.quotedString() != nil }
    return !scanner.token().isEmpty
  }

  /// Reads an element of another form up to the comma after it, which is not one inside of quotes.
  private static func skip(from start: FieldScanner, _ scanner: inout FieldScanner) -> String {
    scanner = start
    var element: [UInt8] = []
    while let byte = scanner.nextByte, byte != UInt8(ascii: ",") {
      let before = scanner
      if scanner.quotedString() == nil { scanner.skipByte() }
      element += scanner.bytes(since: before)
    }
    return String(decoding: element, as: UTF8.self)
  }
}
