// The probe of a run: what the target file says is tried once, before hundreds of cases depend on it.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

extension Runner {
  /// What the probe found.
  struct ProbeResult {
    /// The links that do not work.
    var broken: [ProbeLink: Finding] = [:]

    /// Why a case cannot be judged; `nil` if nothing that it uses is broken.
    func obstacle(to entry: Plan.Entry) -> Finding? {
      guard !broken.isEmpty else { return nil }
      let used = ProbeLink.all(of: entry.scenario).intersection(broken.keys)
      // in the order of a run, so that all cases name the same cause
      guard let link = used.min(by: { $0.order < $1.order }), let found = broken[link] else { return nil }
      var finding = Finding(
        .errored, found.kind,
        "not run, since the probe shows that a part of the target file does not work: "
          + found.message, place: found.place)
      finding.hint = found.hint
      return finding
    }
  }

  /// Runs the probe, if the plan has one.
  func runProbe(in environment: CaseEnvironment, _ clockState: ClockState) async -> ProbeResult {
    guard let probe = plan.probe else { return ProbeResult() }
    let one = probe.makeCase(number: plan.probeNumber)
    let runner = CaseRunner(
      environment: environment, planned: one.planned, ledger: one.entry.script.ledger,
      scope: CaseScope(session: session))
    let obstacle = clockState.obstacle.map { Finding(.errored, .protocol, $0, place: plan.target.place) }
    let (record, broken) = await withTaskExecutorPreference(session.transport.executor) {
      await runner.runProbe(probe, one, obstacle: obstacle)
    }
    if plan.target.namesSecrets, let found = broken.values.first(where: \.refusesCredentials) {
      let description =
        "secrets: not evaluated, since the credentials that the target file locates do not work: "
        + found.message + (found.hint.map { "; \($0)" } ?? "")
      session.doubtedSecrets.withLock { $0 = TargetFileSlip(description: description, place: found.place) }
    }
    end(record)
    runner.release()
    return ProbeResult(broken: broken)
  }

  /// Reports that the probe did not run.
  func finishProbe(_ finding: Finding, at instant: SimulatedInstant) {
    guard let one = plan.probe?.makeCase(number: plan.probeNumber) else { return }
    var finding = finding
    finding.place = one.entry.scenario.place
    stream.emit(.caseFinished(Runner.notRun(one, .errored, reason: nil, at: instant, [finding])))
  }
}

extension Target {
  /// Whether the file locates secrets elsewhere than at `client_secret` (RFC 7591 section 3.2.1).
  fileprivate var namesSecrets: Bool {
    guard case .http(let clients) = clients else { return false }
    let registered = Locator.json(JSONPointer(tokens: ["client_secret"]))
    return [.create, .replace].contains { operation in
      clients.requests[operation]?.answer["secret"].map { $0 != registered } ?? false
    }
  }
}

extension Finding {
  /// Whether it is that of a token request whose credentials were refused.
  fileprivate var refusesCredentials: Bool {
    subject == StepActionKind.requestToken.activity && [400, 401, 403].contains(exchange?.status ?? 0)
  }
}

extension ProbeLink {
  fileprivate var order: Int {
    let parts: [Part] = [
      .create, .token, .inbound, .payload, .lifetime, .inbox, .list, .show, .replace, .newSet, .lostSecret, .delete,
      .introspection,
      .revocation, .metadata,
    ]
    return (parts.firstIndex(of: part) ?? parts.count) * 2 + (connector == .first ? 0 : 1)
  }
}
