// Events reach the listeners in their order, redacted, at once or on a thread of their own.

import ConformanceModel
import Dispatch
import Redaction
import RunEvents
import Testing

@testable import Execution

@Suite("The stream of events")
struct EventStreamTests {
  private static let secret = "s3cr3t-of-one-case"

  private static func event(_ number: Int, _ note: String = "") -> Event {
    .runFinished(
      RunSummary(
        finishedAt: SimulatedInstant(seconds: 0), seconds: 0, simulatedEnd: SimulatedInstant(seconds: Int64(number)),
        clockAdvances: 0, aborted: nil, notes: [note]))
  }

  @Test("a deferred stream keeps the order, and has handled everything when it is drained")
  func order() async {
    let listener = Recorder()
    let stream = EventStream(redactor: SecretRedactor(), listeners: [listener], isDeferred: true)
    for number in 0..<2000 { stream.emit(Self.event(number)) }
    await stream.drain()
    #expect(listener.instants == Array(0..<2000))
  }

  @Test("a released secret is masked in the events that were emitted before, by its name")
  func releasedSecret() async {
    let redactor = SecretRedactor()
    let holder = redactor.newHolder()
    redactor.register(Self.secret, as: "CASE_SECRET", for: holder)
    let listener = Recorder(isSlow: true)
    let stream = EventStream(redactor: redactor, listeners: [listener], isDeferred: true)
    stream.emit(Self.event(1))
    stream.emit(Self.event(2, "it was \(Self.secret)"))
    stream.afterEvents { redactor.retire(Self.secret, by: holder) }
    stream.emit(Self.event(3, "again \(Self.secret)"))
    listener.openGate()
    await stream.drain()
    #expect(listener.lines[1].contains("it was $CASE_SECRET\""))
    // after its release it has no name any more, and stays masked
    #expect(listener.lines[2].contains("again ***\""))
  }

  @Test("what is due is written before those that wait for the events go on")
  func settling() async {
    let listener = Recorder()
    let stream = EventStream(redactor: SecretRedactor(), listeners: [listener], isDeferred: true)
    for number in 1...3 {
      stream.emit(Self.event(number))
      await stream.drain()
      #expect(listener.settledAfter == number)
    }
  }

  @Test("of many tasks each waits for its own events, one alone as well")
  func manyWaiters() async {
    let listener = Recorder()
    let stream = EventStream(redactor: SecretRedactor(), listeners: [listener], isDeferred: true)
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<16 {
        group.addTask {
          for round in 0..<20 {
            stream.emit(Self.event(number * 100 + round))
            await stream.drain(among: 16)
            guard listener.settled.contains(number * 100 + round) else { return false }
          }
          return true
        }
      }
      for await isSettled in group { #expect(isSettled) }
    }
    stream.emit(Self.event(7))
    await stream.drain(among: 16)
    #expect(listener.settled.last == 7)
  }

  @Test("a stream that is not deferred has handled an event when emit returns")
  func immediate() {
    let listener = Recorder()
    let stream = EventStream(redactor: SecretRedactor(), listeners: [listener])
    stream.emit(Self.event(7))
    #expect(listener.instants == [7])
    #expect(listener.settledAfter == 1)
    let ran = Locked(false)
    stream.afterEvents { ran.withLock { $0 = true } }
    #expect(ran.withLock { $0 })
  }

  @Test("more events than can wait are handled, none is lost")
  func backPressure() async {
    let listener = Recorder(isSlow: true)
    let stream = EventStream(redactor: SecretRedactor(), listeners: [listener], isDeferred: true)
    async let emitted: Void = Task.detached { for number in 0..<1500 { stream.emit(Self.event(number)) } }.value
    listener.openGate()
    await emitted
    await stream.drain()
    #expect(listener.instants.count == 1500)
  }
}

/// Keeps what it is given. A slow one waits in its first event.
private final class Recorder: EventListener {
  private let state = Locked<(instants: [Int], lines: [String], settled: Int)>(([], [], 0))
  private let gate = DispatchSemaphore(value: 0)
  private let isSlow: Bool

  init(isSlow: Bool = false) { self.isSlow = isSlow }

  var instants: [Int] { state.withLock { $0.instants } }
  var lines: [String] { state.withLock { $0.lines } }
  var settledAfter: Int { state.withLock { $0.settled } }
  /// Those that were handled before the stream settled last.
  var settled: ArraySlice<Int> { state.withLock { $0.instants.prefix($0.settled) } }

  func openGate() { gate.signal() }

  func handle(_ event: Event, line: [UInt8]) {
    if isSlow, instants.isEmpty { gate.wait() }
    guard case .runFinished(let summary) = event else { return }
    state.withLock {
      $0.instants.append(Int(summary.simulatedEnd.seconds))
      $0.lines.append(String(decoding: line, as: UTF8.self))
    }
  }

  func settle() { state.withLock { $0.settled = $0.instants.count } }
}
