// Runs one test case.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

/// The objects and limits that all cases of a run share.
struct CaseEnvironment: Sendable {
  let session: TargetSession
  let timeline: Timeline
  let stream: EventStream
  let invariants: InvariantMonitor
  var connections = ConnectionLog()
  /// Added to each wait on a running clock, which is known to the second only.
  var slack = SimulatedDuration(milliseconds: 0)
  /// A longer wait on the wall clock makes its case pending.
  var maxWait: SimulatedDuration?
  let lifetimes = TokenLifetimes()
  let setups = SharedSetups()
  /// Of generated values; `nil` makes values that no other run has.
  var seed: UInt64?
  /// Receives the state of a pending case.
  var park: @Sendable (PendingState) -> Void = { _ in }
}

/// The part of a scenario that a step is in.
enum CasePart {
  case setup, main, cleanup
}

/// Runs the steps of one case, in one task. Each branch of `concurrently` has a runner and a task of its own.
final class CaseRunner {
  let environment: CaseEnvironment
  let planned: PlannedCase
  /// How often the case ran before in this run, with a result that does not count.
  let formerRuns: Int
  var scope: CaseScope
  var ledger: CaseLedger
  /// The account of the current step.
  var slot = 0
  /// The number of static clients that this case has taken, by connector.
  var givenTaken: [ConnectorRole: Int]
  var findings: [Finding] = []
  var exchanges = 0
  /// The wall seconds that the case spent in waits.
  var waitedSeconds = 0.0
  /// Whether the case has let time pass, so that it cannot run again.
  var hasWaited = false
  /// The age at which each token was last accepted.
  var lastUses: [String: SimulatedDuration] = [:]
  /// Whether a request did not succeed, as an expectation may allow.
  var hasRefusals = false
  /// The part of the scenario that the current step is in.
  var part = CasePart.main
  /// Whether a step has run.
  var hasStarted = false
  /// Whether the stopped run leaves a resumed case pending: it is continued again, and has not ended.
  var staysPending = false
  /// Why the rest of the case does not apply to this target, if a step has shown so.
  var skipReason: String?
  /// Whether the failures of other cases ended this one at a wait, before it could be judged.
  var isCutShort = false
  var currentStep: Step?
  /// The records of steps of this case.
  let recordNumbers: RecordNumbers
  /// The record of the current step in the run log, the last one if it has several.
  var recordID: Int?
  /// The result of the last step of the probe that got a response.
  var probed: StepResult?
  /// The exchanges of the probe, for the invariants.
  var probeExchanges: [ProbeExchange] = []
  /// A response that is not in the run log yet.
  var unrecorded: StepResult?
  /// Why the result of the case does not count: a kept connection closed without a response to a request that must not
  /// be sent again.
  var lostResponse: TransportError?

  var session: TargetSession { environment.session }

  /// A case that runs again opens a connection for each request.
  var usesFreshConnections: Bool { formerRuns > 0 }

  /// - Parameter ledger: Of the steps that the runner will run: all of a case, or those of a branch.
  init(
    environment: CaseEnvironment, planned: PlannedCase, ledger: CaseLedger, scope: CaseScope,
    givenTaken: [ConnectorRole: Int] = [:], formerRuns: Int = 0, recordNumbers: RecordNumbers? = nil
  ) {
    self.environment = environment
    self.planned = planned
    self.scope = scope
    self.scope.now = { [timeline = environment.timeline] in timeline.now }
    self.givenTaken = givenTaken
    self.formerRuns = formerRuns
    self.recordNumbers = recordNumbers ?? RecordNumbers(formerRuns: formerRuns)
    self.ledger = ledger
  }

  /// Runs the whole case, or the rest of a pending one.
  func runCase(_ one: Plan.Case, from state: PendingState? = nil) async -> CaseRecord {
    let startedAt = state?.startedAt ?? WallClock.now
    let start = WallClock.monotonic
    let simulatedStart = state?.simulatedStart ?? environment.timeline.now
    if formerRuns == 0 {
      environment.stream.emit(
        .caseStarted(CaseStart(number: planned.number, wall: WallClock.now, simulated: environment.timeline.now)))
    }
    let scenario = one.entry.scenario
    let script = one.entry.script
    let steps = script.steps
    scope.authentications = script.authentications
    var stepsDone = state?.stepsDone ?? 0
    var due: SimulatedInstant?
    // what a pending case needs must not depend on another case
    let sharesSetup = environment.maxWait == nil || !steps.contains(where: \.waits)
    var continues = state.map { restore($0, stepCount: steps.count) } ?? bind(one)
    /// The account of the next step.
    var next = CaseLedger.width(steps.prefix(stepsDone))
    while continues, stepsDone < steps.count {
      part = stepsDone < scenario.given.count ? .setup : .main
      if sharesSetup, let use = steps[stepsDone].shared {
        let group = steps[stepsDone...].prefix { $0.shared === use }
        continues = await runShared(use, group, of: scenario.suite, at: next)
        next += CaseLedger.width(group)
        stepsDone = group.endIndex
        continue
      }
      do {
        continues = try await runStep(steps[stepsDone], at: next)
      } catch {
        due = error.due
        continues = false
      }
      next += CaseLedger.width(steps[stepsDone])
      stepsDone += 1
    }
    await excuseFailures()
    staysPending = state != nil && !continues && isInterrupted
    if due == nil, !staysPending { await runCleanup(scenario.finally, at: CaseLedger.width(steps)) }
    var record = CaseRecord(
      planned: planned, verdict: .errored, startedAt: startedAt,
      seconds: max(0, WallClock.monotonic - start - waitedSeconds), simulatedStart: simulatedStart,
      simulatedEnd: environment.timeline.now, exchanges: exchanges - ledger.unrecorded, findings: findings)
    guard let due else {
      skipReason = skipReason ?? ledger.unjudgedReason(in: script.judging)
      settle(&record, place: scenario.place)
      return record
    }
    var state = PendingState(
      number: planned.number, id: planned.id, due: due, startedAt: startedAt, simulatedStart: simulatedStart,
      exchanges: exchanges,
      stepsDone: stepsDone, stepCount: steps.count, names: scope.names, confidential: scope.confidential,
      givenTaken: Dictionary(givenTaken.map { ($0.key.rawValue, $0.value) }, uniquingKeysWith: { $1 }),
      clients: session.createdClients.keep(number: planned.number))
    state.leftOut = ledger.leftOut
    state.lifetime = session.observedLifetime.withLock { $0 }
    environment.park(state)
    record.verdict = .pending
    record.reason = "waits until \(due); run the rest after that by 'conform resume --target FILE'"
    return record
  }

  /// Failures are no evidence against the service if something else has moved its clock.
  private func excuseFailures() async {
    guard findings.contains(where: { $0.verdict == .failed }), session.target.movesClock,
      let deviation = await environment.timeline.deviation()
    else { return }
    session.clockDeviation.withLock { $0 = $0 ?? deviation }
    for index in findings.indices where findings[index].verdict == .failed { findings[index].verdict = .errored }
    note(Finding(.errored, .protocol, deviation, place: session.target.place))
    findings.insert(findings.removeLast(), at: 0)
  }

  /// Gives the record the verdict of the ledger, with the steps that were not reached.
  func settle(_ record: inout CaseRecord, place: Place) {
    let gaps = ledger.gaps(isSkipped: skipReason != nil)
    record.notRun = ledger.notRun
    record.verdict = CaseLedger.verdict(of: record.findings, gaps: gaps)
    if let first = gaps.first, record.verdict == .errored, !record.findings.contains(where: { $0.verdict == .errored })
    {
      var finding = Finding(.errored, .internal, "the case did not run to its end: \(first)", place: place)
      finding.requirements = planned.covers
      record.findings.append(finding)
    }
    if let skipReason, record.verdict == .passed || isCutShort && record.verdict == .warned {
      // what warned before a wait shows little without the rest
      record.findings = []
      record.verdict = .skipped
      record.reason = skipReason
    }
  }

  /// Releases the secrets of the case, after its last event.
  func release() {
    let scope = scope
    environment.stream.afterEvents { scope.release() }
  }
}
