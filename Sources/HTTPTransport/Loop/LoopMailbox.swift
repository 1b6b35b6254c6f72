// What other threads hand to the loop thread; always behind the lock of `Loop.inbox`.

import CCurl
import Glibc

struct LoopMailbox {
  /// Jobs of tasks that prefer the client as their executor.
  private(set) var jobs: [UnownedJob] = []
  private(set) var starting: [Transfer] = []
  private(set) var cancelled: [Transfer] = []
  /// Set once: nothing more is accepted, and the loop ends.
  private(set) var isClosed = false
  private(set) var hasEnded = false
  var awaitingEnd: [UnsafeContinuation<Void, Never>] = []
  var executor: UnownedTaskExecutor?
  var thread: pthread_t?

  /// The number of kept connections on which unrequested bytes arrived.
  var unaskedCount = 0

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

  mutating func close() {
    guard !isClosed else { return }
    isClosed = true
    wake()
  }

  /// True if the loop may wait for sockets; from then on everything that is added wakes it.
  mutating func beginPolling() -> Bool {
    guard jobs.isEmpty, starting.isEmpty, cancelled.isEmpty, !isClosed else { return false }
    isPolling = true
    return true
  }

  /// Everything that was added, and whether to end. The loop does not poll meanwhile.
  mutating func take() -> (jobs: [UnownedJob], starting: [Transfer], cancelled: [Transfer], isClosed: Bool) {
    isPolling = false
    defer {
      jobs = []
      starting = []
      cancelled = []
    }
    return (jobs, starting, cancelled, isClosed)
  }

  /// Like `take`, but leaves the jobs.
  mutating func takeTransfers() -> (starting: [Transfer], cancelled: [Transfer], isClosed: Bool) {
    defer {
      starting = []
      cancelled = []
    }
    return (starting, cancelled, isClosed)
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
