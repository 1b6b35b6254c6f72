// Reads the login before requests of the management.

import ConformanceModel
import YAML

extension TargetLoader {
  /// Reads a part of the file whose requests a login can precede.
  func part<Result>(_ part: Target.LoginPart, _ read: () -> Result) -> Result {
    scope.loginPart = part
    defer { scope.loginPart = nil }
    return read()
  }

  /// The login, after everything that can use its values was read.
  func login(_ reader: YAMLReader?, of target: Target) -> Target.Login? {
    let uses = scope.takeLoginUses()
    guard let reader else {
      for use in uses {
        use.reader.diagnostic("the target has no login; add 'login: { requests: […] }' that locates this value")
      }
      return nil
    }
    guard let fields = reader.fields("login", TargetKeywords.login, required: ["requests"]),
      let items = fields["requests"]?.oneOrMore("requests")
    else { return nil }
    if items.isEmpty { fields["requests"]?.diagnostic("requests is empty; expected a request that logs in") }
    var known: Set<String> = []
    var requests: [Target.RequestTemplate] = []
    for item in items {
      let request = request(item, answer: [])
      for use in scope.takeLoginUses() where use.path.count != 2 || !known.contains(use.path[1]) {
        report(use, among: known, "no request before this one locates")
      }
      let values = item.members("a request")?.first { $0.name == "answer" }?.value.members("answer") ?? []
      known.formUnion(values.filter { ScenarioLoader.checkName($0.name, at: $0.key) }.map(\.name))
      if let request { requests.append(request) }
    }
    var login = Target.Login(requests: requests, place: reader.place)
    if let parts = fields["for"]?.oneOrMore("for") {
      login.parts = Set(parts.compactMap { $0.word("part of a target", Target.LoginPart.self) })
      for part in parts { part.node.text.flatMap(Target.LoginPart.init).map { check($0, target, at: part) } }
    } else {
      check(.clients, target, at: reader)
    }
    login.refusals =
      fields["refused"]?.oneOrMore("refused")?.compactMap { $0.integer("a status", in: 100...599) } ?? login.refusals
    login.page = fields["page"].flatMap { urlTemplate($0, "page") }
    login.lifetime = fields["lifetime"].flatMap(sessionLifetime)
    for use in uses {
      if let part = use.part, login.parts.contains(part) {
        guard use.path.count != 2 || !known.contains(use.path[1]) else { continue }
        report(use, among: known, "no request of 'login' locates")
      } else {
        let parts = Target.LoginPart.allCases.filter(login.parts.contains).map(\.rawValue).joined(separator: ", ")
        let hint = use.part.map { "; add '\($0.rawValue)' to 'for' of 'login'" } ?? ""
        use.reader.diagnostic("${login.\(use.path.dropFirst().joined(separator: "."))} is only for: \(parts)\(hint)")
      }
    }
    return login
  }

  private func report(_ use: Scope.LoginUse, among known: Set<String>, _ what: String) {
    let name = use.path.dropFirst().joined(separator: ".")
    let hint = known.isEmpty ? "" : Suggestion.text(for: name, among: known.sorted())
    use.reader.diagnostic("\(what) a value '\(name.prefix(60))'\(hint); write its place under 'answer'")
  }

  /// Reports a part that sends no requests of the target file.
  private func check(_ part: Target.LoginPart, _ target: Target, at reader: YAMLReader) {
    let sendsRequests =
      switch (part, target.clients, target.clock) {
      case (.clients, .http, _), (.clients, .registration, _), (.clock, _, .http): true
      case (.clock, _, .process(let clock)): clock.proof != nil
      case (.inbox, _, _): target.inbox != nil
      case (.clients, _, _), (.clock, _, _): false
      }
    guard !sendsRequests else { return }
    reader.diagnostic(
      "the target has no requests of '\(part.rawValue)' that a login could precede; "
        + "'for' says what the login is for: \(Target.LoginPart.allCases.map(\.rawValue).joined(separator: ", "))")
  }

  private func sessionLifetime(_ reader: YAMLReader) -> SimulatedDuration? {
    guard let text = reader.text("lifetime") else { return nil }
    guard let duration = try? SimulatedDuration(parsing: text), duration.milliseconds >= 1000 else {
      reader.diagnostic("expected a lifetime of a second or more, such as 2h or 30m")
      return nil
    }
    return duration
  }
}
