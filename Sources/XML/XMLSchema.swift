// Validates documents against an XML Schema.

import CLibXML2

/// A parsed schema.
public final class XMLSchema {
  private let schema: xmlSchemaPtr

  /// - Throws: `XMLError` if the file is not a schema.
  public init(path: String) throws(XMLError) {
    try LibXML2.require()
    guard let context = xmlSchemaNewParserCtxt(path) else { throw XMLError("\(path) cannot be read") }
    defer { xmlSchemaFreeParserCtxt(context) }
    let errors = ErrorList()
    conform_xml_schema_parser_errors(context, ErrorList.note, errors.pointer)
    guard let schema = withExtendedLifetime(errors, { xmlSchemaParse(context) }) else {
      throw errors.list.first ?? XMLError("\(path) is not a schema")
    }
    self.schema = schema
  }

  deinit { xmlSchemaFree(schema) }

  /// The errors of the document; empty if it is valid.
  public func errors(in document: XMLDocument) -> [XMLError] {
    guard let context = xmlSchemaNewValidCtxt(schema) else { return [XMLError("no memory for validation")] }
    defer { xmlSchemaFreeValidCtxt(context) }
    let errors = ErrorList()
    conform_xml_schema_valid_errors(context, ErrorList.note, errors.pointer)
    let status = withExtendedLifetime(errors) { xmlSchemaValidateDoc(context, document.document) }
    if status != 0, errors.list.isEmpty { return [XMLError("not valid")] }
    return errors.list
  }
}
