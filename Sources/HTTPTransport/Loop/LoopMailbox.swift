// What other threads hand to the loop thread; always behind the lock of `Loop.inbox`.

import CCurl
import Glibc

struct LoopMailbox {
  typealias Inspection = @Sendable (Connections) -> Void

  /// What the loop takes out at once.
  struct Work {
    var jobs: [UnownedJob] = []
    var starting: [Transfer] = []
    var cancelled: [Transfer] = []
    var inspections: [Inspection] = []
    var isClosed = false
  }

  /// Jobs of tasks that prefer the client as their executor.
  private(set) var jobs: [UnownedJob] = []
  private(set) var starting: [Transfer] = []
  private(set) var cancelled: [Transfer] = []
  /// Called with the connections between two polls.
  private(set) var inspections: [Inspection] = []
  /// Set once: nothing more is accepted, and the loop ends.
  private(set) var isClosed = false
  private(set) var hasEnded = false
  var awaitingEnd: [UnsafeContinuation<Void, Never>] = []
  var executor: UnownedTaskExecutor?
  var thread: pthread_t?

  private var isPolling = false
  private let multi: UnsafeMutableRawPointer

  init(_ multi: UnsafeMutableRawPointer) { self.multi = multi }

  mutating func run(_ job: UnownedJob) {
    jobs.append(job)
    wake()
  }

  mutating func start(_ transfer: Transfer) {
    starting.append(transfer)
    wake()
  }

  mutating func cancel(_ transfer: Transfer) {
    guard !isClosed else { return }
    cancelled.append(transfer)
    wake()
  }

  mutating func inspect(_ inspection: @escaping Inspection) {
    inspections.append(inspection)
    wake()
  }

  mutating func close() {
    guard !isClosed else { return }
    isClosed = true
    wake()
  }

  /// True if the loop may wait for sockets; from then on everything that is added wakes it.
  mutating func beginPolling() -> Bool {
    guard jobs.isEmpty, starting.isEmpty, cancelled.isEmpty, inspections.isEmpty, !isClosed else { return false }
    isPolling = true
    return true
  }

  /// Everything that was added, and whether to end. The loop does not poll meanwhile.
  mutating func take() -> Work {
    isPolling = false
    var work = takeTransfers()
    work.jobs = jobs
    jobs = []
    return work
  }

  /// Like `take`, but leaves the jobs.
  mutating func takeTransfers() -> Work {
    defer {
      starting = []
      cancelled = []
      inspections = []
    }
    return Work(starting: starting, cancelled: cancelled, inspections: inspections, isClosed: isClosed)
  }

  /// Marks the end of the loop; returns the continuations that wait for it.
  mutating func end() -> [UnsafeContinuation<Void, Never>] {
    hasEnded = true
    defer { awaitingEnd = [] }
    return awaitingEnd
  }

  /// The thread, for the one caller that joins or detaches it.
  mutating func takeThread() -> pthread_t? {
    defer { thread = nil }
    return thread
  }

  /// The loop frees the multi handle only after it has seen `isClosed` under the lock, and nothing wakes it after that.
  private mutating func wake() {
    guard isPolling else { return }
    isPolling = false
    curl_multi_wakeup(multi)
  }
}
