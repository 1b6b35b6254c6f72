// What explains a finding, beyond the response alone.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

extension CaseRunner {
  /// Says of a finding what else of the run or of the target file explains it.
  func explain(_ found: inout [Finding], _ result: StepResult, _ step: Step) {
    explainPolling(&found, result, step)
    if case .postPayload(let post) = step.operation { explainAge(&found, result, post) }
    explainDeclaration(&found, result, step)
    guard case .postPayload(let post) = step.operation else { return }
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
    guard let name = scope.sampleName(post.payload), name != "valid",
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

  /// Names the age of a token that was refused before the end of its lifetime, or accepted after it.
  private func explainAge(_ found: inout [Finding], _ result: StepResult, _ post: PayloadPost) {
    guard post.edits.headers.isEmpty,
      let token = post.token.flatMap({ scope.names[$0] }), let value = token["value"]?.string,
      let issuedAt = token["issued-at"]?.string.flatMap({ SimulatedInstant(rfc3339: $0) })
    else { return }
    let age = environment.timeline.now - issuedAt
    let isAccepted = result.statusMeansSuccess
    let lastUse = isAccepted ? lastUses.updateValue(age, forKey: value) : nil
    if isAccepted { environment.lifetimes.accepted(at: age) }
    guard let promised = token["expires-in"]?.int ?? session.value(of: .tokenLifetime).int,
      TokenLifetimes.allowed.contains(promised)
    else { return }
    let length = SimulatedDuration(milliseconds: Int64(promised) * 1000)
    let source = token["expires-in"]?.int == nil ? "token-lifetime" : "expires_in"
    let index: Int?
    let statement: String
    if isAccepted {
      guard age >= length else { return }
      index = found.firstIndex { $0.subject == Expectation.Subject.statusTitle }
      let instant = age == length ? ", at the instant of its expiry" : ""
      statement =
        "\(Finding.Cause.lateAcceptance.rawValue)it was accepted \(age) after it was issued\(instant); "
        + "\(length) (\(source) \(promised)) were promised" + CaseRunner.use(lastUse, before: length)
    } else {
      guard result.exchange.response.status == 401, age.milliseconds > 0, age < length else { return }
      index = found.firstIndex { $0.mismatch == .outcome }
      guard index != nil, let ages = refusal(at: age) else { return }
      statement = "\(ages) after it was issued; \(length) (\(source) \(promised)) were promised"
    }
    guard let index else { return }
    found[index].mismatch = nil
    found[index].message = statement
    guard token["expires-in"]?.int == nil, !isAccepted else { return }
    found[index].hint =
      "either the service is wrong, or 'behaviour: { \(Behaviour.tokenLifetime.rawValue): \(promised) }' in the target file"
  }

  /// `the token died early: it was accepted 19h and refused 21h`; `nil` if age may not be the reason.
  private func refusal(at age: SimulatedDuration) -> String? {
    switch environment.lifetimes.refused(at: age) {
    case .death(let accepted, let refused):
      return "\(Finding.Cause.earlyDeath.rawValue)\(accepted) and refused \(refused)"
    // a token that was refused at once has no age that explains it
    case .early: return hasWaited ? "\(Finding.Cause.earlyRefusal.rawValue)\(age)" : nil
    case .unexplained: return nil
    }
  }

  /// `; it had been used 1s before its end`, since a use can prolong a token; nothing if it was only used when it was
  /// new.
  private static func use(_ age: SimulatedDuration?, before end: SimulatedDuration) -> String {
    guard let age, age.milliseconds > 0 else { return "" }
    let rest = end.milliseconds - age.milliseconds
    let distance = SimulatedDuration(milliseconds: abs(rest))
    return "; it had been used " + (rest == 0 ? "at its end" : "\(distance) \(rest > 0 ? "before" : "after") its end")
  }
}
