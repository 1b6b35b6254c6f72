// The errors of one call of libxml2.

import CLibXML2

/// Collects the errors that libxml2 reports through a C callback during one call.
final class ErrorList {
  var list: [XMLError] = []
  /// Why this package stopped the parser.
  var refusal: XMLError?

  var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  /// The callback of a parser whose `_private` is the list.
  static let noteOfParser: conform_xml_error_function = { context, error in
    note(context?.assumingMemoryBound(to: xmlParserCtxt.self).pointee._private, error)
  }

  /// Stops the parser at an entity declaration.
  static let refuseEntity: entityDeclSAXFunc = { context, _, _, _, _, _ in
    guard let parser = context?.assumingMemoryBound(to: xmlParserCtxt.self), let list = parser.pointee._private else {
      return
    }
    Unmanaged<ErrorList>.fromOpaque(list).takeUnretainedValue().refusal = XMLError(
      "declares entities, which are not supported")
    xmlStopParser(parser)
  }

  static let note: conform_xml_error_function = { context, error in
    guard let context else { return }
    let list = Unmanaged<ErrorList>.fromOpaque(context).takeUnretainedValue()
    if list.list.count < 100 { list.list.append(XMLError(UnsafePointer(error), default: "not valid")) }
  }
}
