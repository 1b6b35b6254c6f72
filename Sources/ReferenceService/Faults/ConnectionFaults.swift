// HTTP itself: bodies, lengths, connections.

import ConformanceModel

extension Fault {
  static let connections: [Fault] = [
    Fault(
      "leave-is-never-given", .minor, .connections,
      "A client that waits for leave to send its body is never given it (100-continue)."
    ) { $0.sendsContinue = false },
    Fault(
      "body-lost-on-a-kept-connection", .critical, .connections,
      "On a connection that is used again the body of a post is lost."
    ) {
      let seen = Locked<Set<ObjectIdentifier>>([])
      $0.readBody = { request in
        guard let connection = request.connection, request.isInbound else { return }
        if !seen.withLock({ $0.insert(connection).inserted }) { request.body = [] }
      }
    },
    Fault(
      "body-of-the-former-request", .critical, .connections,
      "On a connection that is used again a post gets the body of the one before it."
    ) {
      let last = Locked<[ObjectIdentifier: [UInt8]]>([:])
      $0.readBody = { request in
        guard let connection = request.connection, request.isInbound, let body = request.body else { return }
        request.body = last.withLock { known in
          defer { known[connection] = body }
          return known[connection] ?? body
        }
      }
    },
    Fault(
      "token-of-the-former-request", .critical, .connections,
      "On a connection that is used again a post without a token is let in by the one before it."
    ) {
      let last = Locked<[ObjectIdentifier: String]>([:])
      $0.onInboundHead { request in
        guard let connection = request.connection else { return }
        let field = request.header("Authorization")
        let before = last.withLock { known in
          defer { if let field { known[connection] = field } }
          return known[connection]
        }
        if field == nil, let before { request.setHeader("Authorization", before) }
      }
    },
    length("content-length-too-long", "Content-Length is a byte too long.") { $0 + 1 },
    length("content-length-too-short", "Content-Length is half of what it ought to be.") { $0 / 2 },
    Fault(
      "connections-end-after-payloads", .minor, .connections,
      "The connection ends after each post, before the answer has been read."
    ) {
      $0.contentLength = { request, count in request.isInbound ? count + 4096 : count }
      $0.closes = { $0.isInbound }
    },
    Fault("token-answers-have-no-body", .major, .connections, "The answer with a token has no body.") {
      $0.onTokenAnswer { $0.body = [] }
    },
    Fault("answers-come-twice", .major, .connections, "The body of the answer with a token stands there twice.") {
      $0.onTokenAnswer { $0.body += $0.body }
    },
  ]

  private static func length(_ name: String, _ sentence: String, _ edit: @escaping @Sendable (Int) -> Int) -> Fault {
    Fault(name, .major, .connections, sentence) {
      $0.contentLength = { request, count in request.isTokenRequest ? edit(count) : count }
      // so that whoever waits for the rest does not wait for long
      $0.closes = { $0.isTokenRequest }
    }
  }
}
