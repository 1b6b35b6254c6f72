// The endpoint that misbehaves under certain paths and behaves correctly under all others.

public import TestSupport

/// `/hostile/NAME` gets the misbehaviour of that name; any other path gets `{"ok":true,"path":"…"}`, on any
/// connection. The server `elsewhere` must never get a request.
public final class HostileServer: Sendable {
  private let server: RawServer
  /// The server to which redirects, entities and the like refer.
  public let elsewhere: RawServer

  /// - Parameter behaves: Respond correctly to every request, to measure a run without misbehaviour.
  public init(behaves: Bool = false) throws {
    let elsewhere = try RawServer { _, connection in connection.respond() }
    self.elsewhere = elsewhere
    let byPath =
      behaves
      ? [:] : Dictionary(Misbehaviour.all.map { ("/hostile/\($0.name)", $0) }, uniquingKeysWith: { first, _ in first })
    // A body is left unread because some misbehaviours need that.
    server = try RawServer(on: behaves ? .wholeRequest : .head) { request, connection in
      let words = request.head.split(separator: " ", maxSplits: 2)
      let path = words.count > 1 ? String(words[1]) : ""
      if let misbehaviour = byPath[path] {
        misbehaviour.act(Peer(connection: connection, elsewhere: elsewhere.url))
        // The rest of a body would be read as the next request.
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
