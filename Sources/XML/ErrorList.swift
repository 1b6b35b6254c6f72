// Gathers the errors of one call of libxml2.

import CLibXML2

/// Collects what libxml2 reports through a C callback while one call is under way.
final class ErrorList {
  var list: [XMLError] = []
  /// What ended the parsing by our own will.
  var refusal: XMLError?

  var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  /// The same for a parser, on which the list hangs.
  static let noteOfParser: conform_xml_error_function = { context, error in
    note(context?.assumingMemoryBound(to: xmlParserCtxt.self).pointee._private, error)
  }

  /// Ends the parsing where an entity is declared.
  static let refuseEntity: entityDeclSAXFunc = { context, _, _, _, _, _ in
    guard let parser = context?.assumingMemoryBound(to: xmlParserCtxt.self), let list = parser.pointee._private else {
      return
    }
    Unmanaged<ErrorList>.fromOpaque(list).takeUnretainedValue().refusal = XMLError(
      "declares entities, which are never expanded here")
    xmlStopParser(parser)
  }

  static let note: conform_xml_error_function = { context, error in
    guard let context else { return }
    let list = Unmanaged<ErrorList>.fromOpaque(context).takeUnretainedValue()
    if list.list.count < 100 { list.list.append(XMLError(UnsafePointer(error), otherwise: "not valid")) }
  }
}
