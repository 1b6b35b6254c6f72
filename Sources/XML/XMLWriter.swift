// Writes XML through libxml2's xmlTextWriter, in one pass and flat memory.

import CLibXML2

/// An XML document that is being written into a file. The handle is freed, and the file closed, with the value.
public final class XMLWriter {
  private let writer: xmlTextWriterPtr
  private var isEnded = false

  /// - Throws: `XMLError` where the file cannot be created.
  public init(path: String) throws(XMLError) {
    _ = LibXML2.initialised
    guard let writer = xmlNewTextWriterFilename(path, 0) else { throw XMLError("\(path) cannot be written") }
    self.writer = writer
    xmlTextWriterSetIndent(writer, 1)
    xmlTextWriterSetIndentString(writer, "  ")
    try check(xmlTextWriterStartDocument(writer, "1.0", "UTF-8", nil))
  }

  deinit {
    // frees the handle and closes the file, whatever was written
    xmlFreeTextWriter(writer)
  }

  /// Writes an element with its attributes and what `content` writes inside it.
  public func element<Failure: Error>(
    _ name: String, _ attributes: [(String, String)] = [], _ content: () throws(Failure) -> Void
  ) throws {
    try start(name, attributes)
    try content()
    try check(xmlTextWriterEndElement(writer))
  }

  /// Writes an element with text, or an empty one.
  public func element(_ name: String, _ attributes: [(String, String)] = [], text: String? = nil) throws(XMLError) {
    try start(name, attributes)
    if let text { try check(xmlTextWriterWriteString(writer, XMLText.legal(text))) }
    try check(xmlTextWriterEndElement(writer))
  }

  /// Ends the document and writes all that is buffered.
  public func end() throws(XMLError) {
    try check(xmlTextWriterEndDocument(writer))
    try check(xmlTextWriterFlush(writer))
  }

  private func start(_ name: String, _ attributes: [(String, String)]) throws(XMLError) {
    try check(xmlTextWriterStartElement(writer, name))
    for (name, value) in attributes { try check(xmlTextWriterWriteAttribute(writer, name, XMLText.legal(value))) }
  }

  private func check(_ status: Int32) throws(XMLError) {
    if status < 0 { throw XMLError(xmlGetLastError(), otherwise: "writing failed") }
  }
}
