// The header lines of a request in libcurl's form, owned until the transfer has ended.

import CCurl
import ConformanceModel
import HTTPModel

struct HeaderList: ~Copyable {
  private(set) var first: UnsafeMutablePointer<curl_slist>?

  init() {}

  deinit { curl_slist_free_all(first) }

  /// Adds a line; libcurl copies it.
  mutating func append(_ line: String) throws(TransportError) {
    guard let list = curl_slist_append(first, line) else { throw HeaderList.outOfMemory }
    first = list
  }

  private mutating func append(_ line: [UInt8]) throws(TransportError) {
    let list = line.withUnsafeBytes { curl_slist_append(first, $0.baseAddress?.assumingMemoryBound(to: CChar.self)) }
    guard let list else { throw HeaderList.outOfMemory }
    first = list
  }

  private static var outOfMemory: TransportError { TransportError(.request, "out of memory for headers") }

  /// Adds the fields of a request in their order, and empty `Name:` lines, which stop libcurl from adding that field.
  ///
  /// libcurl reads only the first line with a given name, and a line `Name:` without a value removes libcurl's field.
  /// After that line, libcurl neither moves nor interprets the named field, and sends it in its place.
  mutating func append(_ request: WireRequest) throws(TransportError) {
    var named = NamedFields()
    for field in request.headers { named.note(field.name) }
    if named.host { try append("Host:") }
    if request.sendsBody {
      if !named.contentType { try append("Content-Type:") }
      if !named.expect { try append("Expect:") }
      if request.chunked {
        if !named.transferEncoding { try append("Transfer-Encoding: chunked") }
      } else if named.transferEncoding {
        // Framing that the request states itself, correctly or not: libcurl must add none.
        try append("Transfer-Encoding:")
        if !named.contentLength { try append("Content-Length:") }
      }
    }
    var line: [UInt8] = []
    for field in request.headers {
      line.removeAll(keepingCapacity: true)
      line += field.name.utf8
      // A value of white space only would be such a line; `Name;` is libcurl's spelling for a field without a value.
      if field.value.utf8.allSatisfy(HeaderField.isBlank) {
        line.append(UInt8(ascii: ";"))
      } else {
        line += [UInt8(ascii: ":"), UInt8(ascii: " ")]
        line += field.value.utf8
      }
      line.append(0)
      try append(line)
    }
  }
}

/// Which of the fields that libcurl may add a request names itself.
private struct NamedFields {
  var host = false
  var contentType = false
  var contentLength = false
  var transferEncoding = false
  var expect = false

  mutating func note(_ name: String) {
    switch name.utf8.count {
    case 4: host = host || name.lowercased() == "host"
    case 6: expect = expect || name.lowercased() == "expect"
    case 12: contentType = contentType || name.lowercased() == "content-type"
    case 14: contentLength = contentLength || name.lowercased() == "content-length"
    case 17: transferEncoding = transferEncoding || name.lowercased() == "transfer-encoding"
    default: break
    }
  }
}
