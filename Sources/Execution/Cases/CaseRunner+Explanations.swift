// What explains a finding, beyond the response alone.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

extension CaseRunner {
  /// Says of a finding what else of the run or of the target file explains it.
  func explain(_ found: inout [Finding], _ result: StepResult, _ step: Step) {
    explainPolling(&found, result, step)
    guard case .postPayload(let post) = step.operation else { return }
    explainEarlyDeath(&found, result, post)
    suspectConnection(&found, result)
    suggestSample(&found, result, post)
  }

  /// Says that a payload without a token was accepted after other requests on the same connection: a service may take
  /// the token of one of them.
  private func suspectConnection(_ found: inout [Finding], _ result: StepResult) {
    guard result.statusMeansSuccess, let use = result.exchange.connection, use.index > 0,
      result.exchange.request.headers.first("Authorization") == nil
    else { return }
    for index in found.indices where found[index].hint == nil && found[index].subject == Expectation.Subject.statusTitle
    {
      found[index].hint =
        "the request has no Authorization, and is number \(use.index + 1) on its connection: run with "
        + "--fresh-connections to see whether the service takes the token of a request before it"
    }
  }

  /// Names the payload of the target file, which may be another than its name says.
  private func suggestSample(_ found: inout [Finding], _ result: StepResult, _ post: PayloadPost) {
    guard case .sample(let name) = post.payload, name != "valid",
      let connector = session.target.connector(post.connector ?? .first)?.name
    else { return }
    let status = result.exchange.response.status
    let isAccepted = result.statusMeansSuccess
    for index in found.indices where found[index].hint == nil && found[index].verdict != .errored {
      let subject = found[index].subject
      if isAccepted, subject == Expectation.Subject.statusTitle {
        found[index].hint =
          "either the service accepts what it has to refuse, or '\(name)' of the connector '\(connector)' in the target "
          + "file is a payload that its entity allows"
      } else if [400, 415, 422].contains(status), found[index].mismatch == .outcome {
        found[index].hint =
          "either the service refuses what it has to accept, or '\(name)' of the connector '\(connector)' in the target "
          + "file is not what its entity requires"
      }
    }
  }

  /// Names the early death of a token that was refused before the end of its lifetime.
  private func explainEarlyDeath(_ found: inout [Finding], _ result: StepResult, _ post: PayloadPost) {
    guard post.edits.headers.isEmpty,
      let token = post.token.flatMap({ scope.names[$0] }),
      let issuedAt = token["issued-at"]?.string.flatMap({ SimulatedInstant(rfc3339: $0) })
    else { return }
    let age = environment.timeline.now - issuedAt
    if result.statusMeansSuccess { return environment.lifetimes.accepted(at: age) }
    guard result.exchange.response.status == 401, let index = found.firstIndex(where: { $0.mismatch == .outcome }),
      let promised = token["expires-in"]?.int ?? session.value(of: .tokenLifetime).int,
      TokenLifetimes.allowed.contains(promised)
    else { return }
    let length = SimulatedDuration(milliseconds: Int64(promised) * 1000)
    guard age.milliseconds > 0, age < length, let (accepted, refused) = environment.lifetimes.refused(at: age) else {
      return
    }
    let source = token["expires-in"]?.int == nil ? "token-lifetime" : "expires_in"
    found[index].mismatch = nil
    found[index].message =
      "\(Finding.earlyDeath): it was accepted \(accepted) and refused \(refused) after it was issued; "
      + "\(length) (\(source) \(promised)) were promised"
  }
}
