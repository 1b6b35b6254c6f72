// How a request looks to the service, and what the parser of HTTP/1.1 would refuse of it.

import Cryptography
import HTTPModel
import HTTPTypes
import NIOHTTP1

extension WireRequest {
  /// The request target in origin form (RFC 9112 section 3.2.1), without a fragment; `nil` for another authority.
  func target(below base: String) -> Substring? {
    guard url.hasPrefix(base) else { return nil }
    let rest = url.dropFirst(base.count).prefix { $0 != "#" }
    switch rest.first {
    case nil, "?": return "/" + rest
    case "/": return rest
    default: return nil
    }
  }

  /// Host and port of the URL.
  var authority: String {
    let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    return String(url[start...].prefix { !"/?#".contains($0) })
  }

  /// - Throws: `.request` for what cannot be sent, or only with broken framing.
  func checkFraming() throws(TransportError) {
    let texts = headers.flatMap { [$0.name, $0.value] } + [method, url]
    guard !texts.contains(where: { $0.utf8.contains { [0x0D, 0x0A, 0].contains($0) } }) else {
      throw TransportError(.request, "the request holds CR, LF or NUL outside its body")
    }
    if !chunked, !headers.values("Transfer-Encoding").isEmpty {
      throw TransportError(.request, "framing by a Transfer-Encoding field of its own needs a socket")
    }
    for length in headers.values("Content-Length") where Int(length) != body?.count ?? 0 {
      throw TransportError(.request, "a Content-Length that is not the length of the body needs a socket")
    }
  }

  /// What the server's parser refuses.
  var parserError: ParserError? {
    if case .RAW = HTTPMethod(rawValue: method) { return .unknownMethod }
    if headers.count > 1000 || headers.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count }) > 80 << 10 {
      return .headerTooLarge
    }
    let isReadable = headers.allSatisfy { field in
      HTTPField.Name(field.name) != nil && field.value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
    }
    return isReadable ? nil : .malformed
  }

  /// The fields that the service sees: those of the request and those that a client adds.
  fileprivate var sentHeaders: [HeaderField] {
    var fields = headers
    func add(_ name: String, _ value: String) {
      if fields.first(name) == nil { fields.append(HeaderField(name, value)) }
    }
    if chunked {
      add("Transfer-Encoding", "chunked")
    } else if body != nil || ["POST", "PUT", "PATCH"].contains(method) {
      add("Content-Length", "\(body?.count ?? 0)")
    }
    // without the blanks around values (RFC 9112 section 5)
    return fields.compactMap { field in
      HTTPField.Name(field.name).map { HeaderField(field.name, HTTPField(name: $0, value: field.value).value) }
    }
  }
}

extension ServiceRequest {
  /// - Parameter target: The request target in origin form.
  init(_ request: WireRequest, _ target: Substring, isSecure: Bool) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let headers = request.sentHeaders
    let named = headers.values("Host")
    self.init(
      method: request.method, path: parts.first.map(String.init) ?? "/", query: parts.count > 1 ? String(parts[1]) : "",
      headers: headers.filter { $0.name.lowercased() != "host" }, hosts: named.isEmpty ? [request.authority] : named)
    body = request.body ?? []
    self.isSecure = isSecure
    if isSecure, case .made(_, let pem, _) = request.certificate { certificate = Certificate(pem: pem)?.der }
  }
}

extension [HeaderField] {
  init(_ fields: HTTPFields) { self = fields.map { HeaderField($0.name.rawName, $0.value) } }
}
