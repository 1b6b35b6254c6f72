// Which declared behaviour a response contradicts: either the service is wrong, or the target file.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

extension CaseRunner {
  /// Names the line to write in the target file if the outcome of a step depends on a declared behaviour and is the
  /// opposite of what it says.
  func explainDeclaration(_ found: inout [Finding], _ result: StepResult, _ step: Step) {
    guard part == .main, let index = found.firstIndex(where: { $0.hint == nil && $0.contradicts(result, step) }) else {
      return
    }
    let isAccepted = result.statusMeansSuccess
    if case .postPayload(let post) = step.operation, let over = secondsAfterLifetime(of: post) {
      found[index].hint = expiryHint(over, isAccepted: isAccepted)
    } else if let behaviour = behaviour(of: step) {
      found[index].hint = declarationHint(behaviour, isAccepted: isAccepted)
    }
  }

  /// The line that declares what was seen; `nil` if it is declared already, or left open.
  private func declarationHint(_ behaviour: Behaviour, isAccepted: Bool) -> String? {
    guard let word = behaviour.word(ifAccepted: isAccepted), let declared = session.value(of: behaviour).string,
      declared != word, declared != "either"
    else { return nil }
    return "either the service is wrong, or declare 'behaviour: { \(behaviour.rawValue): \(word) }' in the target file"
  }

  // MARK: - Expiry

  /// How long a token is used after the end of its lifetime, in seconds; `nil` if it is not over.
  private func secondsAfterLifetime(of post: PayloadPost) -> Double? {
    guard post.edits.headers.isEmpty, let token = post.token.flatMap({ scope.names[$0] }),
      let issuedAt = token["issued-at"]?.string.flatMap({ SimulatedInstant(rfc3339: $0) }),
      let lifetime = token["expires-in"]?.int ?? session.value(of: .tokenLifetime).int,
      TokenLifetimes.allowed.contains(lifetime)
    else { return nil }
    let age = environment.timeline.now - issuedAt
    let over = Double(age.milliseconds) / 1000 - Double(lifetime)
    return over >= 0 ? over : nil
  }

  private func expiryHint(_ over: Double, isAccepted: Bool) -> String? {
    let leeway = session.value(of: .expiryLeeway).int ?? 0
    let isBorder = over < Double(leeway) + 1
    if isBorder || !isAccepted { return isBorder ? declarationHint(.expiryInstant, isAccepted: isAccepted) : nil }
    // a leeway is at most five minutes, and a third of the lifetime
    let seconds = Int(over.rounded(.up))
    guard seconds <= 300, seconds <= (session.value(of: .tokenLifetime).int ?? 0) / 3 else { return nil }
    return "either the service is wrong, or declare for how long it accepts expired tokens, at least "
      + "'behaviour: { \(Behaviour.expiryLeeway.rawValue): \(seconds) }', in the target file"
  }

  // MARK: - Other behaviours

  /// The behaviour that decides whether the request of a step is accepted.
  private func behaviour(of step: Step) -> Behaviour? {
    let earlier = ledger.steps(before: step)
    switch step.operation {
    case .requestToken(let request):
      if let method = request.edits.method, method != "POST" { return .otherMethods }
      guard let client = request.client, request.secret == nil, request.id == nil else { return nil }
      return earlier.replace(client) && !earlier.delete(client) ? .lostSecret : nil
    case .postPayload(let post): return behaviour(of: post, after: earlier)
    case .createClient(let name?, _):
      guard let value = try? scope.fill(name), value == .null || value == .string("") else { return nil }
      return .namelessClient
    case .showClient: return .secretOnShow
    default: return nil
    }
  }

  private func behaviour(of post: PayloadPost, after earlier: [Step]) -> Behaviour? {
    if let method = post.edits.method, method != "POST" { return .otherMethods }
    if post.token != nil, post.edits.query.contains(where: { $0.name == "access_token" }) {
      return .tokenInHeaderAndQuery
    }
    let authorization = post.edits.headers.first { $0.name.lowercased() == "authorization" }
    if let authorization {
      return authorization.value.start.hasPrefix("Basic ") ? .basicOnPayload : nil
    }
    if post.payload.isBlank(in: scope) { return .blankPayload }
    guard let client = post.token.flatMap(earlier.owner) else { return nil }
    if earlier.delete(client) { return .tokensOfDeletedClient }
    return earlier.replace(client) ? .tokensOfReplacedSet : nil
  }
}

extension Finding {
  /// Whether the response has the opposite outcome of the expected one.
  fileprivate func contradicts(_ result: StepResult, _ step: Step) -> Bool {
    if case .showClient = step.operation { return subject == Expectation.Subject.textTitle }
    let status = result.exchange.response.status
    guard verdict != .errored else { return false }
    if result.statusMeansSuccess {
      return mismatch == .tokenIssued || subject == Expectation.Subject.statusTitle || cause == .lateAcceptance
    }
    return mismatch == .outcome && [400, 401, 403, 405, 422, 501].contains(status)
  }
}

extension Behaviour {
  /// The word to declare if a service accepts, or refuses, what the behaviour is about.
  fileprivate func word(ifAccepted isAccepted: Bool) -> String? {
    switch self {
    case .lostSecret: isAccepted ? "old-set-stays" : "old-set-dies"
    case .expiryInstant: isAccepted ? "inclusive" : "exclusive"
    case .blankPayload, .basicOnPayload, .namelessClient: isAccepted ? "accepted" : "refused"
    case .tokensOfDeletedClient, .tokensOfReplacedSet: isAccepted ? "survive" : "end"
    case .tokenInHeaderAndQuery: isAccepted ? "ignored" : "refused"
    case .secretOnShow: "shown"
    case .otherMethods: isAccepted ? "served" : "refused"
    case .replayedAssertion: isAccepted ? "either" : "refused"
    default: nil
    }
  }
}

extension [Step] {
  fileprivate func replace(_ client: String) -> Bool { contains { $0.operation == .replaceClient(client: client) } }

  fileprivate func delete(_ client: String) -> Bool { contains { $0.operation == .deleteClient(client: client) } }

  /// The client for which a token was requested.
  fileprivate func owner(of token: String) -> String? {
    for step in self where step.savedAs == token {
      if case .requestToken(let request) = step.operation { return request.client }
    }
    return nil
  }
}

extension Payload {
  /// Whether it is nothing but white space.
  fileprivate func isBlank(in scope: CaseScope) -> Bool {
    switch self {
    case .sample(let name): name == "blank"
    case .text(let text): (try? scope.fill(text))?.string?.allSatisfy(\.isWhitespace) ?? false
    case .json, .hex, .chosenSample, .validOfSize, .validSpelled, .validMalformed: false
    }
  }
}

extension Template {
  /// The literal text that it starts with.
  fileprivate var start: String {
    switch self {
    case .literal(let value): value.string ?? ""
    case .text(let segments): if case .literal(let text)? = segments.first { text } else { "" }
    default: ""
    }
  }
}
