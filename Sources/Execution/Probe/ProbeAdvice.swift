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

  func judged(_ finding: Finding, of link: ProbeLink) -> Finding {
    var finding = finding
    // what arrived elsewhere in the response, and what was not received, say their cause themselves
    guard finding.verdict == .failed else { return finding }
    let status = finding.exchange?.status ?? 0
    let key = keys(link, status)
    let isAlone = link.part.isBoundByFileAlone(target) || ProbeAdvice.isUnknown(status)
    // what works at the first connector is described rightly, and a response that succeeded is judged
    let isSlip = isAlone && link.connector == .first && finding.mismatch == .outcome
    if isSlip { finding.verdict = .errored }
    guard finding.hint == nil else { return finding }
    finding.hint =
      isSlip
      ? "correct \(key) in the target file"
      : "either the service is wrong, or \(key) in the target file"
    return finding
  }

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
      case .http: return "'clients.\(operation)' (\(requestKeys(status, "answer")))"
      case .registration: return "'clients.rfc7591' (\(requestKeys(status, "metadata")))"
      case .command: return "'clients.command'"
      case .static: return "'clients.static'"
      case .prompt, nil: return "'clients'"
      }
    case .token:
      if ProbeAdvice.isAboutURL(status) { return "'token.url' or 'token.method'" }
      if [401, 403].contains(status) { return "'token.url', 'token.client-authentication'\(givenCredentials)" }
      return "'token.parameters'\(givenCredentials)"
    case .inbound, .payload:
      if ProbeAdvice.isAboutURL(status) { return "'inbound-url' of the connector '\(connector)'" }
      if [401, 403].contains(status) { return "'token.bearer' or 'inbound-url' of the connector '\(connector)'" }
      return "'payloads.valid' of the connector '\(connector)'"
    case .lifetime: return "'behaviour.token-lifetime'"
    case .introspection: return "'introspection'"
    case .inbox:
      let inbox = "'inbox.read' (\(requestKeys(status, "answer: payloads")))"
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

  private var givenCredentials: String {
    if case .static = target.clients { " or the credentials of 'clients.static'" } else { "" }
  }

  private func requestKeys(_ status: Int, _ other: String) -> String {
    if ProbeAdvice.isAboutURL(status) { return "its method and URL" }
    if [401, 403].contains(status) { return "its credentials" }
    return (200..<300).contains(status) ? other : "its method, URL, headers and body"
  }
}

extension ProbeLink.Part {
  /// Whether only the target file says how it works.
  fileprivate func isBoundByFileAlone(_ target: Target) -> Bool {
    switch self {
    case .create, .show, .delete:
      if case .registration = target.clients { false } else { true }
    case .list, .replace, .inbox: true
    case .token, .introspection, .inbound, .payload, .lifetime: false
    }
  }
}
