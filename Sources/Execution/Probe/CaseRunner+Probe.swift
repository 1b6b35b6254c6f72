// Runs the probe: each step on its own, so that one slip does not hide another.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

/// An exchange of the probe, with all that the invariants need.
struct ProbeExchange {
  let step: Step
  let evaluator: ResponseEvaluator
  let instant: SimulatedInstant
  let exchange: ExchangeRecord
}

extension CaseRunner {
  /// Runs the steps of the probe whose requirements work.
  ///
  /// - Parameter obstacle: Why the target's clock cannot be moved.
  /// - Returns: The record, and the links that do not work, each with its first finding.
  func runProbe(_ probe: ProbeScenario, _ one: Plan.Case, obstacle: Finding?) async
    -> (record: CaseRecord, broken: [ProbeLink: Finding])
  {
    let startedAt = WallClock.now
    let start = WallClock.monotonic
    let simulatedStart = environment.timeline.now
    environment.stream.emit(.caseStarted(CaseStart(number: planned.number, wall: startedAt, simulated: simulatedStart)))
    var advice = ProbeAdvice(target: session.target)
    var broken: [ProbeLink: Finding] = [:]
    /// Those whose steps did not succeed, for any reason.
    var failed: Set<ProbeLink> = []
    var hasDeviation = false
    var deletion = DeletionOutcome()
    if let obstacle { note(obstacle) }
    if bind(one) {
      for (slot, part) in probe.parts.enumerated() {
        guard part.requires.isDisjoint(with: failed), environment.timeline.stopped == nil else { continue }
        if part.link.part == .lostSecret {
          guard let finding = await checkLostSecret(part, at: slot, advice) else { continue }
          note(finding, of: part.step)
          if finding.verdict == .failed { broken[part.link] = findings.last }
          continue
        }
        if part.isCheck {
          guard let slip = await check(part, at: slot, &deletion) else { continue }
          note(Finding(.errored, .internal, slip.description, place: slip.place), of: part.step)
          failed.insert(part.link)
          for link in part.link.shared { broken[link] = findings.last }
          continue
        }
        let first = ProbeLink(part: part.link.part)
        if ProbeScenario.isShared(part.link.part), let finding = broken[first] {
          // the same request of the file would only find the same again
          broken[part.link] = finding
          failed.insert(part.link)
          continue
        }
        let before = findings.count
        probed = nil
        let continues = (try? await runStep(part.step, at: slot)) == true
        if !continues { failed.insert(part.link) }
        if part.link.part.endpoint != nil {
          // the status says it all, whatever the body is
          findings.removeSubrange(min(before + 1, findings.count)...)
        }
        if let doubt = probed?.doubt { advice.doubts[part.link.part] = doubt }
        if part.link.part == .delete { deletion.status = probed?.exchange.response.status ?? 0 }
        let chosen = continues ? nil : chosenItem(part.link.part)
        for index in before..<findings.count {
          findings[index] = advice.judged(findings[index], of: part.link, chosen)
        }
        if part.link == ProbeLink(part: .token), probed?.mislocatedLifetime == nil, let name = part.step.savedAs,
          let seconds = scope.names[name]?["expires-in"]?.int, TokenLifetimes.allowed.contains(seconds)
        {
          if session.target.observesLifetime {
            // under the RFCs alone, the lifetime of tokens is what their response says (RFC 6749 section 5.1)
            session.observedLifetime.withLock { $0 = $0 ?? seconds }
          } else if let contradiction = advice.contradiction(of: seconds) {
            note(contradiction, of: part.step)
            broken[ProbeLink(part: .lifetime)] = findings.last
          }
        }
        if part.link.part == .token, let token = part.step.savedAs.flatMap({ scope.names[$0]?["value"]?.string }) {
          advice.isTokenUnfit = !ProbeAdvice.fitsHeader(token)
        }
        if part.link == ProbeLink(part: .introspection), continues, session.target.hasMovableClock {
          checkIntrospectedClock()
        }
        if [.token, .introspection].contains(part.link.part), obstacle == nil, !hasDeviation,
          let deviation = session.clockDeviation.withLock({ $0 })
        {
          hasDeviation = true
          note(Finding(.errored, .protocol, deviation, place: session.target.place), of: part.step)
        }
        // a connection that fails or times out may be better at the next request
        guard !continues, let first = findings.dropFirst(before).first(where: \.showsBrokenLink) else { continue }
        broken[part.link] = first
        if part.link.part == .token, ProbeAdvice.isAboutURL(first.exchange?.status ?? 0) {
          // what the metadata should name is the URL that is wrong
          broken[ProbeLink(part: .metadata)] = first
        }
        if part.link.part == .payload, ProbeAdvice.concernsAllPosts(first.exchange?.status ?? 0) {
          broken[ProbeLink(part: .inbound, connector: part.link.connector)] = first
        }
      }
    }
    if !deletion.isGone, !deletion.signs.isEmpty,
      let step = probe.parts.first(where: { $0.link.part == .delete })?.step
    {
      note(advice.undeleted(deletion), of: step)
      for link in ProbeLink(part: .delete).shared { broken[link] = findings.last }
    }
    await deleteLeftovers(of: probe)
    if broken.isEmpty {
      for one in probeExchanges {
        environment.invariants.evaluate(one.step, one.evaluator, of: planned, at: one.instant, one.exchange)
      }
    }
    var record = CaseRecord(
      planned: planned, verdict: .errored, startedAt: startedAt, seconds: WallClock.monotonic - start,
      simulatedStart: simulatedStart, simulatedEnd: environment.timeline.now, exchanges: exchanges, findings: findings)
    settle(&record, place: probe.place)
    return (record, broken)
  }

  /// Compares the time that the state of the probe's token has with the target's clock.
  private func checkIntrospectedClock() {
    guard let text = scope.names[ProbeScenario.introspection]?.string, let state = try? JSON(parsing: Array(text.utf8)),
      let issued = IssueTime(introspected: state, lifetime: scope.names["token"]?["expires-in"]?.int),
      let deviation = issued.deviation(from: environment.timeline.now)
    else { return }
    session.clockDeviation.withLock { $0 = $0 ?? deviation }
  }
}

extension Finding {
  fileprivate var showsBrokenLink: Bool { verdict != .warned && [.assertion, .internal].contains(kind) }
}
