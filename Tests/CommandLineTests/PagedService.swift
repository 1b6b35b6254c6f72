// A service that creates clients and lists them two at a time, in one of several ways of paging.

import ConformanceModel
import Foundation
import TestSupport

final class PagedService: Sendable {
  enum Paging: String, CaseIterable, Sendable {
    case link, header, relative, cursor, number, offset
    /// Number beyond the last page: 404.
    case notFound
    /// The parameter of the page is ignored.
    case ignored
    /// The next page is the same one.
    case circle
    /// There is always another page, and it is empty.
    case endless
    /// The next page is at another origin.
    case elsewhere
  }

  private let server: RawServer
  var url: String { server.url }
  var port: UInt16 { server.port }
  /// The paths of the requests for lists.
  var lists: [String] {
    server.requests.filter { $0.head.hasPrefix("GET /clients") }.map { String($0.head.split(separator: " ")[1]) }
  }

  init(_ paging: Paging) throws {
    let count = Locked(0)
    server = try RawServer { request, connection in
      let path = String(request.head.split(separator: " ")[1])
      if request.head.hasPrefix("POST /clients") {
        let number = count.withLock { count in
          count += 1
          return count
        }
        return connection.respond(
          "HTTP/1.1 201 Created", #"{"id":"c\#(number)","secret":"secret-\#(number)-of-the-paged-service"}"#)
      }
      guard path.hasPrefix("/clients") else { return connection.respond("HTTP/1.1 200 OK", "{}") }
      let (status, link, body) = PagedService.page(path, paging, of: count.withLock { $0 })
      let fields = "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
      connection.send("HTTP/1.1 \(status)\r\n\(link)\(fields)\r\n\(body)")
    }
  }

  private static func page(_ path: String, _ paging: Paging, of total: Int) -> (String, link: String, body: String) {
    let query = path.split(separator: "?").dropFirst().first.map(String.init) ?? ""
    let value = query.split(separator: "&").compactMap { Int($0.split(separator: "=").last ?? "") }.last
    var start = value ?? 0
    switch paging {
    case .number, .notFound: start = ((value ?? 1) - 1) * 2
    case .ignored, .circle: start = 0
    default: break
    }
    let ids = start < total ? (start..<min(start + 2, total)).map { #"{"id":"c\#($0 + 1)"}"# } : []
    let items = #""items":[\#(ids.joined(separator: ","))]"#
    let next = start + 2 < total ? start + 2 : nil
    func text(_ link: String?) -> String { link.map { #""\#($0)""# } ?? "null" }
    switch paging {
    case .link: return ("200 OK", "", #"{\#(items),"links":{"next":\#(text(next.map { "/clients?after=\($0)" }))}}"#)
    case .relative: return ("200 OK", "", #"{\#(items),"links":{"next":\#(text(next.map { "?after=\($0)" }))}}"#)
    case .header:
      let link = next.map { #"Link: </a>; rel=first, <clients?after=\#($0)>; title="a, b"; rel="last Next""# + "\r\n" }
      return ("200 OK", link ?? "", "{\(items)}")
    case .cursor: return ("200 OK", "", #"{\#(items),"meta":{"next_cursor":\#(text(next.map { "\($0)" }))}}"#)
    case .number, .offset, .ignored: return ("200 OK", "", "{\(items)}")
    case .notFound: return ids.isEmpty && start > 0 ? ("404 Not Found", "", "{}") : ("200 OK", "", "{\(items)}")
    case .circle: return ("200 OK", "", #"{\#(items),"links":{"next":"\#(path)"}}"#)
    case .endless: return ("200 OK", "", #"{"items":[],"links":{"next":"/clients?after=\#(start + 2)"}}"#)
    case .elsewhere: return ("200 OK", "", #"{\#(items),"links":{"next":"http://elsewhere.invalid/clients"}}"#)
    }
  }

  /// A target file for it; `pages` is the rest of the binding of the list.
  func target(_ pages: String, request: String = "GET /clients") -> String {
    """
    target: A service with pages
    base-url: \(url)
    token: { url: /token }
    connectors:
      only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } }
    clients:
      create: { request: POST /clients, json: { name: "${name}" }, answer: { id: /id, secret: /secret } }
      list:
        request: \(request)
        answer: { ids: /items/*/id }
        \(pages)
    """
  }
}
