// Does a list have these clients, or an inbox these payloads?

import ConformanceModel
import JSONValue

extension ResponseEvaluator {
  func listed(_ names: [String], expected: Bool) throws -> [Mismatch] {
    guard result.statusMeansSuccess else { return success(.listClients) }
    guard let ids = result.ids else {
      return [Mismatch(.missing, expected: "a list of clients", actual: result.missingReason ?? "nothing")]
    }
    return try names.compactMap { name in
      let id = try scope.look(up: Reference(path: [name, "id"])).plainText
      let count = ids.count { $0 == id }
      // it may be on a page that was not read
      if count == 0, let unread = result.unread { throw unread }
      guard count != (expected ? 1 : 0) else { return nil }
      return Mismatch(
        expected ? (count == 0 ? .missing : .value) : .unexpected, subject: "listed clients, \(name)",
        expected: expected ? "client \(id) listed once" : "client \(id) not listed",
        actual: count == 0
          ? "\(ids.count.counted("client")), without it" : count == 1 ? "listed once" : "listed \(count) times")
    }
  }

  /// How often something was received, or has to be: a number, or a condition in words.
  private static func receipts(_ number: String) -> String {
    switch number {
    case "0": "not received"
    case "1": "received once"
    case "at least 1": "received at least once"
    default: "received \(number) times"
    }
  }

  /// A saved payload.
  func payload(_ name: String) throws(UnresolvedReference) -> SentPayload {
    guard let payload = SentPayload(saved: try scope.look(up: Reference(path: [name]))) else {
      throw UnresolvedReference(reference: name, reason: "it is not a saved payload")
    }
    return payload
  }

  /// The mismatch of a response that shows no inbox.
  func withoutInbox() -> [Mismatch] {
    guard result.statusMeansSuccess else { return success(.readInbox) }
    return [Mismatch(.missing, expected: "a list of received payloads", actual: result.missingReason ?? "nothing")]
  }

  func delivered(_ deliveries: [Expectation.Delivery]) throws -> [Mismatch] {
    guard result.statusMeansSuccess, let received = result.received else { return withoutInbox() }
    return try deliveries.flatMap { delivery in
      let payload = try payload(delivery.payload)
      let count = received.count(of: payload)
      let mismatches = try matching.mismatches(delivery.times, .int(count))
      if count == 0 || !mismatches.isEmpty, let unread = result.unread { throw unread }
      return mismatches.map {
        var mismatch = Mismatch(
          $0.kind, subject: "inbox, \(delivery.payload)", expected: ResponseEvaluator.receipts($0.expected),
          actual: "\(ResponseEvaluator.receipts($0.actual)) among \(received.bodies.count.counted("payload"))")
        if count == 0, received.hasOtherText(of: payload) {
          let cause =
            scope.session.target.inbox?.read == nil
            ? "the program of 'inbox.command' prints it as JSON; let it print the text that was received"
            : "'payloads' in 'inbox.read: answer' of the target file finds it as JSON; let it find the text that was "
              + "received"
          mismatch.hint =
            "the inbox shows the same JSON in other bytes: the service wrote the payload anew, or \(cause)"
        } else if count == 0, scope.session.target.inbox?.deliveredWithin == nil {
          mismatch.hint =
            "if the service passes payloads on after its response, declare how much later they are there at most: "
            + "'inbox: { delivered-within: 500ms }'"
        }
        return mismatch
      }
    }
  }
}
