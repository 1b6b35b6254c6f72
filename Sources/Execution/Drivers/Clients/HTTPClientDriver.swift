// Clients are managed by requests that the target file describes.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction

struct HTTPClientDriver: ClientDriver {
  let clients: Target.HTTPClients
  let session: TargetSession

  func perform(_ order: ClientRequest, send: Send) async throws -> StepResult {
    guard let template = clients.requests[order.operation] else {
      throw TargetError(order.operation.capability.missingReason)
    }
    var values = order.values
    if case .sent = template.answer["secret"] {
      let secret = HTTPClientDriver.random(40)
      // also where the target refuses it
      session.redactor.register(secret, as: "CHOSEN_SECRET")
      values["random"] = ["id": .string(HTTPClientDriver.random(12)), "secret": .string(secret)]
    }
    var request = try session.request(template, values)
    if let manager = order.manager { HTTPClientDriver.replaceKeys(template, by: manager, in: &request) }
    var answer = try await send(request)
    answer.successStatuses = template.statuses
    switch order.operation {
    case .create, .replace: try take(template, &answer, values)
    case .list: try list(template, &answer)
    case .show, .delete: break
    }
    return answer
  }

  /// Puts another's token in place of the manager's key, or takes the key away.
  private static func replaceKeys(_ template: Target.RequestTemplate, by manager: String, in request: inout WireRequest)
  {
    for key in template.headers where key.isKey {
      request.headers.removeAll { $0.name == key.name }
      guard manager != "none" else { continue }
      request.headers.append(
        HeaderField(key.name, key.name.lowercased() == "authorization" ? "Bearer \(manager)" : manager))
    }
  }

  /// Letters and digits, for a target at which the caller chooses.
  private static func random(_ count: Int) -> String {
    let letters = Array("abcdefghijkmnpqrstuvwxyz23456789")
    return String((0..<count).map { _ in letters[Int.random(in: 0..<letters.count)] })
  }

  private func take(_ template: Target.RequestTemplate, _ answer: inout StepResult, _ values: [String: JSON]) throws {
    var found: [String: String] = [:]
    for part in ["id", "secret"] {
      guard let locator = template.answer[part] else { continue }
      if case .sent(let template) = locator {
        found[part] = answer.statusMeansSuccess ? try session.fill(template, values).plainText : nil
        continue
      }
      guard let text = try answer.value(at: locator, session.patterns)?.scalarText, !text.isEmpty else {
        answer.missingReason = "the answer has no \(part) at \(locator)"
        continue
      }
      found[part] = text
    }
    guard let id = found["id"], let secret = found["secret"] else { return }
    answer.made = CreatedClient(id: id, secret: secret)
  }

  private func list(_ template: Target.RequestTemplate, _ answer: inout StepResult) throws {
    guard let locator = template.answer["ids"] else { return }
    if case .json = locator, answer.body == nil {
      answer.missingReason = "the list is not JSON"
      return
    }
    answer.ids = try answer.values(at: locator, session.patterns).map(\.plainText)
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
