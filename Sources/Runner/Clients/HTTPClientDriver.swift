// Clients are managed by requests that the target file describes.

import Conformance

struct HTTPClientDriver: ClientDriver {
  let clients: Target.HTTPClients
  let session: TargetSession

  func carryOut(_ order: ClientOrder, send: Send) async throws -> Answer {
    guard let template = clients.requests[order.operation] else { throw TargetError(order.operation.capability.lack) }
    var answer = Answer(try await send(try session.request(template, order.values)))
    answer.successStatuses = template.statuses
    switch order.operation {
    case .create, .replace: take(template, &answer)
    case .list: list(template, &answer)
    case .show, .delete: break
    }
    return answer
  }

  private func take(_ template: Target.RequestTemplate, _ answer: inout Answer) {
    var found: [String: String] = [:]
    for part in ["id", "secret"] {
      guard let locator = template.answer[part] else { continue }
      guard let text = answer.value(at: locator, session.patterns)?.scalarText, !text.isEmpty else {
        answer.lack = "the answer has no \(part) at \(locator)"
        continue
      }
      found[part] = text
    }
    guard let id = found["id"], let secret = found["secret"] else { return }
    answer.made = MadeClient(id: id, secret: secret)
  }

  private func list(_ template: Target.RequestTemplate, _ answer: inout Answer) {
    guard let locator = template.answer["ids"] else { return }
    if case .json = locator, answer.body == nil {
      answer.lack = "the list is not JSON"
      return
    }
    answer.ids = answer.values(at: locator, session.patterns).map(\.plainText)
  }
}

extension JSON {
  /// The text of a string or number: ids are numbers at some targets.
  var scalarText: String? {
    switch self {
    case .string(let text), .number(let text): text
    default: nil
    }
  }
}
