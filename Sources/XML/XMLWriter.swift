// Writes XML through libxml2's xmlTextWriter, in one pass with constant memory.

import CLibXML2

/// An XML document that is written to a new file. `deinit` frees the handle and closes the file.
public final class XMLWriter {
  private let writer: xmlTextWriterPtr
  private let file: FileSink

  /// - Throws: `XMLError` if the file cannot be created, or exists already.
  public convenience init(path: String) throws(XMLError) { try self.init(FileSink(creating: path)) }

  /// Takes ownership of an open descriptor.
  public convenience init(descriptor: Int32) throws(XMLError) { try self.init(FileSink(descriptor: descriptor)) }

  init(_ file: FileSink) throws(XMLError) {
    _ = LibXML2.initialised
    self.file = file
    writer = try file.makeWriter()
    xmlTextWriterSetIndent(writer, 1)
    xmlTextWriterSetIndentString(writer, "  ")
    try check(xmlTextWriterStartDocument(writer, "1.0", "UTF-8", nil))
  }

  deinit {
    // writes buffered bytes, so before the file is closed
    xmlFreeTextWriter(writer)
  }

  /// Writes an element with its attributes and content.
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

  /// Ends the document and flushes the buffer.
  public func end() throws(XMLError) {
    try check(xmlTextWriterEndDocument(writer))
    try check(xmlTextWriterFlush(writer))
    if let failure = file.failure { throw failure }
  }

  private func start(_ name: String, _ attributes: [(String, String)]) throws(XMLError) {
    try check(xmlTextWriterStartElement(writer, name))
    for (name, value) in attributes { try check(xmlTextWriterWriteAttribute(writer, name, XMLText.legal(value))) }
  }

  private func check(_ status: Int32) throws(XMLError) {
    if let failure = file.failure { throw failure }
    if status < 0 { throw XMLError(xmlGetLastError(), default: "writing failed") }
  }
}
