// Parses XML in one pass with constant memory.

import CLibXML2
import Glibc

/// A part of a document, in document order. Names are without prefix.
public enum XMLPart: Sendable, Hashable {
  case start(name: String, attributes: [String: String])
  /// A piece of text: a long text is delivered in several pieces.
  case text(String)
  case end(name: String)
}

public enum XMLStream {
  static let maxDepth = 256

  /// Parses a document from an open file, which stays open.
  ///
  /// Nothing is loaded from elsewhere. A document with a DOCTYPE is refused, so that no entity is declared or expanded.
  /// - Throws: `XMLError` if the document is not well-formed, or the file cannot be read.
  public static func read(descriptor: Int32, _ take: (XMLPart) -> Void) throws(XMLError) {
    try LibXML2.require()
    try withoutActuallyEscaping(take) { (take) throws(XMLError) in
      let parser = try StreamParser(take)
      try parser.read(descriptor)
    }
  }
}

/// libxml2's push parser with the state of its callbacks, for one call.
private final class StreamParser {
  private let take: (XMLPart) -> Void
  private var context: xmlParserCtxtPtr?
  private let errors = ErrorList()
  private var refusal: XMLError?
  private var depth = 0

  init(_ take: @escaping (XMLPart) -> Void) throws(XMLError) {
    self.take = take
    var handler = xmlSAXHandler()
    handler.initialized = XML_SAX2_MAGIC
    handler.startElementNs = { context, name, _, _, _, _, count, _, values in
      StreamParser.of(context)?.start(name, Int(count), values)
    }
    handler.endElementNs = { context, name, _, _ in
      StreamParser.of(context)?.end(name)
    }
    handler.characters = { context, text, count in StreamParser.of(context)?.text(text, Int(count)) }
    handler.cdataBlock = { context, text, count in StreamParser.of(context)?.text(text, Int(count)) }
    handler.internalSubset = { context, _, _, _ in
      StreamParser.of(context)?.refuse("has a DOCTYPE, which is not supported")
    }
    // without user data, libxml2 passes the context to the callbacks; its `_private` is this object
    guard let context = xmlCreatePushParserCtxt(&handler, nil, nil, 0, nil) else {
      throw XMLError("no memory for a parser")
    }
    self.context = context
    conform_xml_parser_errors(context, StreamParser.note, Unmanaged.passUnretained(self).toOpaque())
    xmlCtxtUseOptions(
      context,
      Int32(
        XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
          // the logs of test cases are long; what is kept of them is not
          | XML_PARSE_HUGE.rawValue))
  }

  deinit { if let context { xmlFreeParserCtxt(context) } }

  func read(_ descriptor: Int32) throws(XMLError) {
    var bytes = [CChar](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &bytes, bytes.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw XMLError("cannot be read: \(String(cString: strerror(errno)))") }
      let status = xmlParseChunk(context, bytes, Int32(count), count == 0 ? 1 : 0)
      if let refusal { throw refusal }
      if status != 0 {
        var error = errors.list.first ?? XMLError(xmlCtxtGetLastError(context), default: "not an XML document")
        // what was read so far was right, and more was to come
        error.isTruncated = count == 0
        throw error
      }
      if count == 0 { return }
    }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> StreamParser? {
    let parser = context?.assumingMemoryBound(to: xmlParserCtxt.self).pointee._private
    return parser.map { Unmanaged<StreamParser>.fromOpaque($0).takeUnretainedValue() }
  }

  private static let note: conform_xml_error_function = { context, error in
    if let errors = StreamParser.of(context)?.errors { ErrorList.note(errors.pointer, error) }
  }

  private func refuse(_ reason: String) {
    refusal = XMLError(reason)
    xmlStopParser(context)
  }

  /// Each attribute has five pointers: name, prefix, namespace, and the start and end of its value.
  private func start(
    _ name: UnsafePointer<xmlChar>?, _ count: Int, _ values: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
  ) {
    depth += 1
    guard let name, depth <= XMLStream.maxDepth else {
      return refuse("has elements nested deeper than \(XMLStream.maxDepth)")
    }
    var attributes: [String: String] = [:]
    for index in 0..<count {
      guard let values, let name = values[5 * index], let start = values[5 * index + 3], let end = values[5 * index + 4]
      else { continue }
      attributes[String(cString: name)] = String(
        decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
    }
    take(.start(name: String(cString: name), attributes: attributes))
  }

  private func end(_ name: UnsafePointer<xmlChar>?) {
    depth -= 1
    if let name { take(.end(name: String(cString: name))) }
  }

  private func text(_ text: UnsafePointer<xmlChar>?, _ count: Int) {
    if let text { take(.text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))) }
  }
}
