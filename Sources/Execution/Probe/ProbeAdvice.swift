// What a finding of the probe means: a slip of the target file, or one that the file and the service may share.

import ConformanceModel
import JSONValue
import RunEvents

/// Judges a finding of the probe.
///
/// No document specifies how clients are managed or payloads are read, and URLs come from the target file alone: these
/// findings are errored, as slips of the file. A refused token request or payload may be a fault of the service as
/// well; the probe fails, and names both causes.
struct ProbeAdvice {
  let target: Target
  /// The token has characters that the header field does not allow.
  var isTokenUnfit = false

  /// The slips to assume if what the step of a part located does not work.
  var doubts: [ProbeLink.Part: TargetFileSlip] = [:]

  init(target: Target) { self.target = target }

  /// - Parameter slip: The slip that explains the finding.
  func judged(_ finding: Finding, of link: ProbeLink, _ slip: TargetFileSlip? = nil) -> Finding {
    var finding = finding
    // what arrived elsewhere in the response, and what was not received, say their cause themselves
    guard finding.verdict == .failed else { return finding }
    let status = finding.exchange?.status ?? 0
    if let slip = slip ?? doubt(link.part, status) {
      finding.verdict = .errored
      finding.hint = slip.description
      finding.place = slip.place ?? finding.place
      return finding
    }
    if let endpoint = link.part.endpoint { return judged(finding, of: endpoint, status) }
    let key = keys(link, status)
    let isAlone = link.part.isBoundByFileAlone(target) || ProbeAdvice.isUnknown(status)
    // what works at the first connector is described rightly, and a response that succeeded is judged
    let isSlip = isAlone && link.connector == .first && finding.mismatch == .outcome
    if isSlip { finding.verdict = .errored }
    if link.part == .payload, isTokenUnfit, !ProbeAdvice.isAboutURL(status) {
      finding.hint =
        "the token has characters that a header field does not allow (RFC 6750 section 2.1): either the service is "
        + "wrong, or 'access-token' in 'token: answer' of the target file"
    }
    if link.part == .inbox, let other = finding.hint {
      finding.hint = "either the service is wrong, or \(key) in the target file; \(other)"
    }
    guard finding.hint == nil else { return finding }
    finding.hint =
      isSlip
      ? "correct \(key) in the target file"
      : "either the service is wrong, or \(key) in the target file"
    return finding
  }

  /// An endpoint that does not exist is a slip of the file. What a client may do at the introspection endpoint is left
  /// to the service (RFC 7662 sections 2.1 and 2.2); at the revocation endpoint a client can revoke its own tokens
  /// (RFC 7009 section 2.1).
  private func judged(_ finding: Finding, of endpoint: Target.Endpoint, _ status: Int) -> Finding {
    var finding = finding
    let comparesToken = endpoint == .issuer && finding.path == "/token_endpoint"
    let key = "'endpoints.\(endpoint.rawValue)'\(comparesToken ? " or 'token.url'" : "")"
    let isRefused = endpoint == .introspection && [401, 403].contains(status)
    let isInactive = endpoint == .introspection && finding.actual == "false"
    if ProbeAdvice.isAboutURL(status) {
      finding.verdict = .errored
      finding.hint = "correct \(key) in the target file"
    } else if isRefused || isInactive {
      finding.verdict = .errored
      finding.hint =
        (isRefused ? "the credentials of the client are refused" : "a new token is reported as inactive to its client")
        + ": correct \(key) in the target file, or remove it if clients may not query their tokens (RFC 7662 section "
        + (isRefused ? "2.1)" : "2.2); if they may, the service is wrong")
    } else {
      finding.hint = "either the service is wrong, or \(key) in the target file"
    }
    return finding
  }

  /// The slip to assume if a request with credentials or a token that an earlier step located is refused, or if a list
  /// lacks what was created or sent.
  private func doubt(_ part: ProbeLink.Part, _ status: Int) -> TargetFileSlip? {
    let isRefused = [400, 401, 403].contains(status), isSuccess = (200..<300).contains(status)
    return switch part {
    case .token where isRefused: doubts[.create]
    case .newSet where isRefused: doubts[.replace]
    case .payload where isRefused: doubts[.token]
    case .list where isSuccess: doubts[.list] ?? doubts[.create]
    case .inbox where isSuccess: doubts[.inbox]
    default: nil
    }
  }

  /// What is wrong if a client is still there after its deletion succeeded.
  func undeleted(_ deletion: DeletionOutcome) -> Finding {
    var finding = Finding(
      .failed, .assertion,
      "the client \(deletion.signs.joined(separator: " and ")) after its deletion, to which the response was HTTP "
        + "\(deletion.status)", place: target.place(of: ProbeLink(part: .delete)))
    let key = keys(ProbeLink(part: .delete), deletion.status)
    if ProbeAdvice.isUnknown(deletion.status) {
      finding.verdict = .errored
      finding.hint = "correct \(key) in the target file"
    } else {
      finding.hint = "either the service does not delete the client, or \(key) in the target file"
    }
    return finding
  }

  /// Whether the token fits a header field (RFC 6750 section 2.1: b64token).
  static func fitsHeader(_ token: String) -> Bool { token.wholeMatch(of: /[A-Za-z0-9\-._~+\/]+=*/) != nil }

  /// Whether no post with a token can be judged if the one of the probe has this status.
  static func concernsAllPosts(_ status: Int) -> Bool { isAboutURL(status) || [400, 401, 403].contains(status) }

  /// Whether the status shows that the URL or its method does not exist (RFC 9110 sections 15.4, 15.5.5, 15.5.6,
  /// 15.5.11 and 15.6.2).
  static func isAboutURL(_ status: Int) -> Bool {
    (300..<400).contains(status) || [404, 405, 410, 501].contains(status)
  }

  /// Whether the status says that there is no such resource or method; a redirect has both.
  private static func isUnknown(_ status: Int) -> Bool { isAboutURL(status) && status >= 400 }

  /// The keys of the target file to look at.
  private func keys(_ link: ProbeLink, _ status: Int) -> String {
    let connector = target.connector(link.connector)?.name ?? link.connector.rawValue
    switch link.part {
    case .create, .list, .show, .replace, .delete:
      guard let operation = link.part.operation?.rawValue else { return "'clients'" }
      switch target.clients {
      case .http(let http):
        let hasPages = http.requests[.list]?.pages != nil && link.part == .list
        // a deletion has no answer to read
        let other = link.part == .delete ? "" : "answer"
        let key = "'clients.\(operation)' (\(requestKeys(status, other))\(hasPages ? ", or its pages" : ""))"
        guard link.part == .list, (200..<300).contains(status) else { return key }
        return "\(key) or 'id' in 'clients.create: answer'"
      case .registration: return "'clients.rfc7591' (\(requestKeys(status, "metadata")))"
      case .command: return "'clients.command'"
      case .static: return "'clients.static'"
      case .prompt, nil: return "'clients'"
      }
    case .token:
      if ProbeAdvice.isAboutURL(status) { return "'token.url' or 'token.method'" }
      if [401, 403].contains(status) {
        return ProbeAdvice.alternatives(["'token.url'", "'token.client-authentication'"] + credentials)
      }
      return ProbeAdvice.alternatives(["'token.params'", "'token.headers'"] + credentials)
    case .newSet, .lostSecret:
      if case .http = target.clients { return "'clients.replace: answer'" }
      return "'clients.command'"
    case .inbound, .payload:
      let url = "'inbound-url' of the connector '\(connector)'"
      if ProbeAdvice.isAboutURL(status) { return url }
      let token = "'access-token' in 'token: answer'"
      // the place that RFC 6749 section 5.1 has is right
      let written = target.token.accessToken == Target.TokenBinding.registeredAccessToken ? [] : [token]
      if [401, 403].contains(status) { return ProbeAdvice.alternatives(["'token.bearer'"] + written + [url]) }
      return ProbeAdvice.alternatives(["'payloads.valid' of the connector '\(connector)'"] + written)
    case .lifetime: return "'behaviour.token-lifetime'"
    case .introspection, .revocation, .metadata: return "'endpoints'"
    case .inbox:
      let inbox =
        target.inbox?.read == nil
        ? "'inbox.command'" : "'inbox.read' (\(requestKeys(status, "answer: payloads")))"
      let valid = target.connector(link.connector)?.payloads.first { $0.name == "valid" }
      guard (200..<300).contains(status), valid?.payload.isUnique == false else { return inbox }
      return "'payloads.valid' of the connector '\(connector)', which has no ${unique}, or \(inbox)"
    }
  }

  /// What is wrong if a token response promises another lifetime than the target file declares.
  ///
  /// - Parameter seconds: The `expires_in` of the response; a second of it may be over already.
  func contradiction(of seconds: Int) -> Finding? {
    guard let declared = target.value(of: .tokenLifetime).int, !(declared - 1...declared).contains(seconds) else {
      return nil
    }
    let key = Behaviour.tokenLifetime.rawValue
    let source = target.behaviour[.tokenLifetime] == nil ? "by default it is" : "the target file declares"
    var finding = Finding(
      .failed, .assertion,
      "the token response promises expires_in \(seconds), and \(source) '\(key): \(declared)'", place: target.place)
    finding.hint = "either the service is wrong, or declare 'behaviour: { \(key): \(seconds) }' in the target file"
    return finding
  }

  /// Where the credentials of a token request come from.
  private var credentials: [String] {
    switch target.clients {
    case .static: ["the credentials of 'clients.static'"]
    case .http: ["'clients.create: answer'"]
    case .command: ["'clients.command'"]
    case .registration, .prompt, nil: []
    }
  }

  private static func alternatives(_ keys: [String]) -> String {
    guard let last = keys.last, keys.count > 1 else { return keys.first ?? "" }
    return "\(keys.dropLast().joined(separator: ", ")) or \(last)"
  }

  private func requestKeys(_ status: Int, _ other: String) -> String {
    if ProbeAdvice.isAboutURL(status) { return "its method and URL" }
    if [401, 403].contains(status) { return "its credentials" }
    return (200..<300).contains(status) && !other.isEmpty ? other : "its method, URL, headers and body"
  }
}

extension ProbeLink.Part {
  /// Whether only the target file says how it works.
  fileprivate func isBoundByFileAlone(_ target: Target) -> Bool {
    switch self {
    case .create, .show, .delete:
      if case .registration = target.clients { false } else { true }
    case .list, .replace, .inbox: true
    case .token, .newSet, .lostSecret, .introspection, .revocation, .metadata, .inbound, .payload, .lifetime: false
    }
  }
}
