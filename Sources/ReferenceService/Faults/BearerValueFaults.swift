// Tokens that are almost right, and wrongly accepted.

import ConformanceModel
import HTTPModel

extension Fault {
  static let almostRightTokens: [Fault] = [
    edited("token-look-alikes-accepted", "Full-width characters in a token are equal to the plain ones.") {
      $0.withoutFullWidth
    },
    edited("spaces-inside-tokens-ignored", "White space inside a token is ignored.") {
      $0.filter { !$0.isWhitespace }
    },
    edited("tokens-are-percent-decoded", "A token is percent-decoded.") {
      $0.contains("%") ? Form.decode(Array($0.utf8)) ?? $0 : $0
    },
    edited("quotes-around-tokens-ignored", "Quotation marks around a token are ignored.") {
      $0.filter { $0 != "\"" }
    },
    edited("token-ends-at-a-comma", "What follows a comma behind a token is ignored.") {
      String($0.prefix { $0 != "," })
    },
    Fault("client-ids-are-tokens", .critical, .bearer, "The id of a client is accepted as a token.") {
      let ids = Locked<Set<String>>([])
      $0.added = { _, client, _ in _ = ids.withLock { $0.insert(client.id) } }
      $0.refusal = { refusal, request in
        let token = request.header("Authorization").flatMap(BearerAuthentication.token)
        return token.map { id in ids.withLock { $0.contains(id) } } == true ? nil : refusal
      }
    },
  ]

  /// Changes what follows the scheme before it is compared.
  private static func edited(
    _ name: String, _ sentence: String, _ edit: @escaping @Sendable (String) -> String
  ) -> Fault {
    Fault(name, .critical, .bearer, sentence) {
      $0.onInboundHead { request in
        guard let words = request.header("Authorization")?.split(separator: " ", maxSplits: 1), words.count == 2,
          words[0].lowercased() == "bearer"
        else { return }
        request.setHeader("Authorization", "Bearer \(edit(String(words[1])))")
      }
    }
  }
}
