// Bodies, lengths and connections of HTTP.

import ConformanceModel

extension Fault {
  static let connections: [Fault] = kept + headerFields

  private static let kept: [Fault] = [
    Fault(
      "leave-is-never-given", .minor, .connections,
      "A client that expects 100 (Continue) never gets it."
    ) { $0.sendsContinue = false },
    Fault(
      "body-lost-on-a-kept-connection", .critical, .connections,
      "The body of a post on a reused connection is lost."
    ) {
      let seen = Locked<Set<ObjectIdentifier>>([])
      $0.readBody = { request in
        guard let connection = request.connection, request.isInbound else { return }
        if !seen.withLock({ $0.insert(connection).inserted }) { request.body = [] }
      }
    },
    Fault(
      "body-of-the-former-request", .critical, .connections,
      "A post on a reused connection gets the body of the previous one."
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
      "A post without a token on a reused connection is accepted with the token of the previous one."
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
    length("content-length-too-long", "Content-Length is one byte too large.") { $0 + 1 },
    length("content-length-too-short", "Content-Length is half of the correct value.") { $0 / 2 },
    Fault(
      "connections-end-after-payloads", .minor, .connections,
      "The connection closes after each post before the whole response is sent."
    ) {
      $0.contentLength = { request, count in request.isInbound ? count + 4096 : count }
      $0.closes = { $0.isInbound }
    },
    Fault("token-answers-have-no-body", .major, .connections, "The token response has no body.") {
      $0.onTokenResponse { $0.body = [] }
    },
    Fault("answers-come-twice", .major, .connections, "The body of the token response is sent twice.") {
      $0.onTokenResponse { $0.body += $0.body }
    },
  ]

  private static func length(_ name: String, _ sentence: String, _ edit: @escaping @Sendable (Int) -> Int) -> Fault {
    Fault(name, .major, .connections, sentence) {
      $0.contentLength = { request, count in request.isTokenRequest ? edit(count) : count }
      // so that a client that waits for the rest does not wait for long
      $0.closes = { $0.isTokenRequest }
    }
  }
}
