// XML and XPath: an expression in the first line, a document in the others. Each is rejected with a message or read.

import XML

struct XMLReader: Reader {
  let name = "xml"
  let tokens = [
    "<a>", "</a>", "<a/>", "<a b='c'>", "<![CDATA[", "]]>", "<?xml version='1.0'?>",
    "<?xml version='1.0' encoding='UTF-16'?>", "<!DOCTYPE a>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>", "&amp;", "&b;", "&#0;", "&#x1F600;",
    "xmlns:o='u'", "xmlns=''", "o:", "//", "*", "[1]", "text()",
    "@id",
    "count(", "string(", "last()", "position()", "|", "ancestor::", "following::", "1 div 0", "$v", "'",
  ]
  let structure = Structure.xml

  func corpus() -> [[UInt8]] {
    [
      "//line/@sku\n<?xml version=\"1.0\"?>\n<order id=\"7\"><line sku=\"A-1\"/><line sku=\"A-2\">x</line></order>\n",
      "string(/o:order/o:note)\n<o:order xmlns:o=\"urn:orders\"><o:note><![CDATA[<&>]]> &lt;é</o:note>"
        + "<!-- c --><?p q?></o:order>",
      "count(//line[position() < last()]) * 2\n<order><line/><line/><line>text</line></order>",
      "/a\n<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>",
    ].map { Array($0.utf8) }
  }

  func check(_ input: [UInt8]) throws {
    let end = input.firstIndex(of: 0x0A) ?? input.count
    let expression = String(decoding: input[..<end], as: UTF8.self)
    let document: XMLDocument
    do throws(XMLError) { document = try XMLDocument(parsing: Array(input[end...].dropFirst())) } catch {
      return try promise(!error.message.isEmpty && (error.line ?? 1) >= 1, "rejected without a message")
    }
    for expression in [expression, "//*", "string(/)", "//@*|//text()|//comment()"] {
      var size = 0
      do throws(XMLError) {
        size = try document.text(xpath: expression).reduce(0) { $0 + $1.utf8.count }
      } catch {
        try promise(!error.message.isEmpty, "an expression is rejected without a message")
      }
      try promise(
        size <= max(input.count, 1 << 20), "an expression finds more than the document contains: \(size) bytes")
    }
  }
}
