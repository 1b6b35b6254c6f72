// Writes XML in one pass with constant memory.

/// An XML document that is written to a new file, indented. `deinit` closes the file.
public final class XMLWriter {
  /// An element that was started.
  private struct Element {
    let name: StaticString
    /// It has other elements, each on its own line.
    var hasElements = false
  }

  private let file: FileSink
  private var buffer: [UInt8] = []
  private var open: [Element] = []
  /// The last start tag is not closed yet: nothing is known of its content.
  private var isTagOpen = false

  /// - Throws: `XMLError` if the file cannot be created, or exists already.
  public convenience init(path: String) throws(XMLError) { self.init(try FileSink(creating: path)) }

  /// Takes ownership of an open descriptor.
  public convenience init(descriptor: Int32) { self.init(FileSink(descriptor: descriptor)) }

  init(_ file: FileSink) {
    self.file = file
    append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
  }

  /// Writes an element with its attributes and content.
  public func element<Failure: Error>(
    _ name: StaticString, _ attributes: [(StaticString, String)] = [], _ content: () throws(Failure) -> Void
  ) throws {
    try start(name, attributes)
    try content()
    try endElement()
  }

  /// Writes an element with text, or an empty one.
  public func element(_ name: StaticString, _ attributes: [(StaticString, String)] = [], text: String? = nil)
    throws(XMLError)
  {
    try start(name, attributes)
    if let text {
      closeTag()
      append(escaping: text, isAttribute: false)
    }
    try endElement()
  }

  /// Starts an element whose content comes in several calls; `endElement` ends it.
  public func start(_ name: StaticString, _ attributes: [(StaticString, String)] = []) throws(XMLError) {
    if let parent = open.indices.last, !open[parent].hasElements {
      open[parent].hasElements = true
      closeTag()
      append("\n")
    }
    indent()
    append("<")
    append(name)
    for (name, value) in attributes {
      append(" ")
      append(name)
      append("=\"")
      append(escaping: value, isAttribute: true)
      append("\"")
    }
    open.append(Element(name: name))
    isTagOpen = true
    if buffer.count >= 64 << 10 { try flush() }
  }

  public func endElement() throws(XMLError) {
    guard let element = open.popLast() else { throw XMLError("no element is open") }
    if isTagOpen {
      isTagOpen = false
      append("/>\n")
    } else {
      if element.hasElements { indent() }
      append("</")
      append(element.name)
      append(">\n")
    }
    if buffer.count >= 64 << 10 { try flush() }
  }

  /// Ends the document and flushes the buffer.
  public func end() throws(XMLError) {
    while !open.isEmpty { try endElement() }
    try flush()
  }

  private func flush() throws(XMLError) {
    buffer.withUnsafeBytes(file.write)
    buffer.removeAll(keepingCapacity: true)
    if let failure = file.failure { throw failure }
  }

  private func closeTag() {
    guard isTagOpen else { return }
    isTagOpen = false
    append(">")
  }

  private func indent() {
    for _ in open { append("  ") }
  }

  private func append(_ markup: StaticString) { markup.withUTF8Buffer { buffer.append(contentsOf: $0) } }

  /// Appends text: in an attribute, line breaks and tabs are escaped as well, because readers make spaces of them.
  private func append(escaping text: String, isAttribute: Bool) {
    var text = XMLText.legal(text)
    text.withUTF8 { source in
      var start = 0
      for index in 0..<source.count {
        let escaped: StaticString
        switch source[index] {
        case UInt8(ascii: "&"): escaped = "&amp;"
        case UInt8(ascii: "<"): escaped = "&lt;"
        case UInt8(ascii: ">"): escaped = "&gt;"
        case UInt8(ascii: "\""): escaped = "&quot;"
        case UInt8(ascii: "\r"): escaped = "&#13;"
        case UInt8(ascii: "\n") where isAttribute: escaped = "&#10;"
        case UInt8(ascii: "\t") where isAttribute: escaped = "&#9;"
        default: continue
        }
        buffer.append(contentsOf: UnsafeBufferPointer(rebasing: source[start..<index]))
        append(escaped)
        start = index + 1
      }
      buffer.append(contentsOf: UnsafeBufferPointer(rebasing: source[start...]))
    }
  }
}
