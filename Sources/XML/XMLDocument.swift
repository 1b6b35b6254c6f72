// Parses XML and evaluates XPath 1.0.

import CLibXML2

/// A parsed document. Nothing is loaded from elsewhere, and a document that declares entities is refused.
///
/// A class, because it owns libxml2's tree. It must stay in the task that created it.
public final class XMLDocument {
  let document: xmlDocPtr
  /// Of libxml2, about one for each node that is looked at: some tenths of a second. Limits work, not time, so that an
  /// expression ends the same on every machine.
  private static let maxOperations: UInt = 5_000_000
  /// Documents of this size, in bytes, have a limit of time as well.
  private static let timedSize = 64 << 10
  private let size: Int

  /// - Throws: `XMLError` if the bytes are not a well-formed document.
  public init(parsing bytes: [UInt8]) throws(XMLError) {
    try LibXML2.require()
    try XMLExtent.check(bytes)
    guard let context = xmlNewParserCtxt() else { throw XMLError("no memory for a parser") }
    defer { xmlFreeParserCtxt(context) }
    let errors = ErrorList()
    conform_xml_parser_errors(context, ErrorList.noteOfParser, errors.pointer)
    // expanded entities can grow from a few hundred bytes to gigabytes
    context.pointee.sax.pointee.entityDecl = ErrorList.refuseEntity
    let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue)
    let parsed = withExtendedLifetime(errors) {
      bytes.withUnsafeBytes { raw in
        xmlCtxtReadMemory(
          context, raw.bindMemory(to: CChar.self).baseAddress, Int32(clamping: raw.count), nil, nil, options)
      }
    }
    if let refusal = errors.refusal {
      xmlFreeDoc(parsed)
      throw refusal
    }
    // the first error is the cause of the others
    guard let parsed else {
      throw errors.list.first ?? XMLError(xmlCtxtGetLastError(context), default: "not an XML document")
    }
    document = parsed
    size = bytes.count
  }

  deinit { xmlFreeDoc(document) }

  /// The text of each node that an XPath expression selects, or of its number, boolean or string.
  ///
  /// Prefixes are those of the root element.
  /// - Throws: `XMLError` if the expression is not XPath 1.0, takes too much work, or selects far more text than the
  ///   document has: nested elements repeat the same text.
  public func text(xpath expression: String) throws(XMLError) -> [String] {
    try text(xpath: expression, timeLimit: 10)
  }

  /// - Parameter timeLimit: In seconds, for what the count of operations does not limit.
  func text(xpath expression: String, timeLimit: Double) throws(XMLError) -> [String] {
    // a C string ends at the first zero byte
    if expression.utf8.contains(0) { throw XMLError("an XPath expression cannot hold U+0000") }
    guard let context = xmlXPathNewContext(document) else { throw XMLError("no memory for XPath") }
    defer { xmlXPathFreeContext(context) }
    conform_xml_xpath_quiet(context) { _, _ in }
    registerNamespaces(context)
    context.pointee.opLimit = XMLDocument.maxOperations
    let timer = size < XMLDocument.timedSize ? nil : EvaluationTimer(context, seconds: timeLimit)
    let evaluated = xmlXPathEvalExpression(expression, context)
    timer?.stop()
    guard let result = evaluated else {
      // libxml2 sets the count to the limit when it gives up
      if context.pointee.opCount >= context.pointee.opLimit {
        throw .undecided(
          "'\(expression.prefix(80))' takes too much work on a document of \(size) bytes: name the elements from the "
            + "root, and compare none with all others")
      }
      throw XMLError(
        "'\(expression.prefix(80))' is not an XPath 1.0 expression, or has a prefix that the root element does not declare"
      )
    }
    defer { xmlXPathFreeObject(result) }
    guard result.pointee.type == XPATH_NODESET else { return [XMLDocument.take(xmlXPathCastToString(result))] }
    guard let nodes = result.pointee.nodesetval else { return [] }
    var texts: [String] = []
    var room = max(size, 1 << 20)
    for index in 0..<Int(nodes.pointee.nodeNr) {
      guard let node = nodes.pointee.nodeTab[index] else { continue }
      let text = XMLDocument.take(xmlNodeGetContent(node))
      room -= text.utf8.count
      if room < 0 {
        throw .undecided(
          "'\(expression.prefix(80))' selects more text than the whole document has, in nested elements")
      }
      texts.append(text)
    }
    return texts
  }

  private func registerNamespaces(_ context: xmlXPathContextPtr) {
    guard let root = xmlDocGetRootElement(document) else { return }
    var namespace = root.pointee.nsDef
    while let current = namespace {
      if let prefix = current.pointee.prefix, let href = current.pointee.href {
        xmlXPathRegisterNs(context, prefix, href)
      }
      namespace = current.pointee.next
    }
  }

  /// Copies a string that libxml2 allocated, and frees it.
  private static func take(_ text: UnsafeMutablePointer<xmlChar>?) -> String {
    guard let text else { return "" }
    defer { conform_xml_free(text) }
    return String(cString: text)
  }
}
