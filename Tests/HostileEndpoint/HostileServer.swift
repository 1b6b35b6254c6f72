// The endpoint that misbehaves where it is asked to, and behaves everywhere else.

public import TestSupport

/// `/hostile/NAME` meets the misbehaviour of that name; any other path is answered with `{"ok":true,"path":"…"}`, on whatever
/// connection the request comes. What lies elsewhere, and must never be asked for, is a server of its own.
public final class HostileServer: Sendable {
  private let server: RawServer
  /// Where redirects, entities and the like lead.
  public let elsewhere: RawServer

  /// - Parameter behaves: Answer every request as it should be: what a run costs that meets no misbehaviour.
  public init(behaves: Bool = false) throws {
    let elsewhere = try RawServer { _, connection in connection.answer() }
    self.elsewhere = elsewhere
    let byPath =
      behaves
      ? [:] : Dictionary(Misbehaviour.all.map { ("/hostile/\($0.name)", $0) }, uniquingKeysWith: { first, _ in first })
    // a body is left unread where a misbehaviour may want that
    server = try RawServer(on: behaves ? .wholeRequest : .head) { request, connection in
      let words = request.head.split(separator: " ", maxSplits: 2)
      let path = words.count > 1 ? String(words[1]) : ""
      if let misbehaviour = byPath[path] {
        misbehaviour.act(Peer(connection: connection, elsewhere: elsewhere.url))
        // the rest of a body would be taken for the next request
        if words.first == "POST" { connection.close() }
      } else {
        let body = "{\"ok\":true,\"path\":\"\(path)\"}"
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        connection.send(words.first == "HEAD" ? head : head + body)
      }
    }
  }

  public var url: String { server.url }
  public var requests: [RawRequest] { server.requests }
}
