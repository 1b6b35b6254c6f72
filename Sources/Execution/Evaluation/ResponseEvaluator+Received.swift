// Does an inbox show of these payloads what it has to?

import ConformanceModel
import JSONValue

extension ResponseEvaluator {
  func received(_ expected: [Expectation.ReceivedPayload]) throws -> [Mismatch] {
    guard result.statusMeansSuccess, let received = result.received, let inbox = scope.session.target.inbox else {
      return withoutInbox()
    }
    let details = InboxDetails(result, inbox, count: received.bodies.count, scope.session.patterns)
    var shown: [String: [JSON?]] = [:]
    for name in Set(expected.flatMap(\.details).map(\.name)) {
      shown[name] = try Target.InboxDetail(rawValue: name).map { try details.values($0) }
    }
    return try expected.flatMap { expected in
      let indices = received.indices(of: try payload(expected.payload))
      if indices.isEmpty {
        if let unread = result.unread { throw unread }
        return [
          Mismatch(
            .missing, subject: "inbox, \(expected.payload)", expected: "received",
            actual: "not received among \(received.bodies.count.counted("payload"))")
        ]
      }
      return try expected.details.flatMap { detail in
        try indices.lazy.map { index in
          try matching.mismatches(detail.matcher, shown[detail.name]?[index] ?? nil).map {
            $0.of("inbox, \(detail.name) of \(expected.payload)")
          }
        }.first { !$0.isEmpty } ?? []
      }
    }
  }
}
