// Encodes and redacts the events of a run and passes them to the listeners.

import ConformanceModel
import Dispatch
import Redaction
public import RunEvents

/// Receives each event of a run, with its redacted line of the run log.
public protocol EventListener: Sendable {
  /// Whether the listener uses the lines. If no listener does, none are encoded.
  var readsLines: Bool { get }

  /// - Parameters:
  ///   - event: The event. Its texts may hold secrets: only its ids and numbers may be shown.
  ///   - line: The event, encoded and redacted.
  func handle(_ event: Event, line: [UInt8])

  /// No further event is waiting: what must be on the disk is written now.
  func settle()
}

extension EventListener {
  public var readsLines: Bool { true }

  public func settle() {}
}

/// The one place where events are encoded and redacted, in the order in which they occur.
///
/// A deferred stream does this on a thread of its own, some events behind the run, so that requests do not wait for it.
/// What depends on the order is part of it: a secret that a case releases is masked in all events that were emitted
/// before.
final class EventStream: Sendable {
  private enum Item: Sendable {
    case event(Event)
    case action(@Sendable () -> Void)
    /// Waits until the events before it are handled and on the disk.
    case waiter(CheckedContinuation<Void, Never>)
  }

  private struct Waiting {
    var items: [Item] = []
    var waiters = 0
    /// Whether the rest of the thread has been ended for them.
    var isUrgent = false
    /// Whether the thread of the stream is awake.
    var isHandled = false
  }

  /// The number of events that can wait. Then the run waits: their bodies take memory.
  private static let capacity = 512
  /// With so many, the thread of the stream does not rest.
  private static let many = 128
  /// To wake a thread takes as long as to handle an event: it rests so long after each batch, and finds many then.
  private static let rest = DispatchTimeInterval.milliseconds(2)

  private let redactor: SecretRedactor
  /// The lock protects the order of events, the same for all listeners. It holds the listeners: the thread sanitizer
  /// takes the address of a value without bytes for that of the lock, and reports false races on it.
  private let listeners: Locked<[any EventListener]>
  private let encodesLines: Bool
  private let isDeferred: Bool
  private let queue = DispatchQueue(label: "conform-events")
  /// The lock protects the order of what waits.
  private let waiting = Locked(Waiting())
  private let free = DispatchSemaphore(value: EventStream.capacity)
  /// Ends a rest.
  private let alarm = DispatchSemaphore(value: 0)

  /// - Parameter isDeferred: Events are handled later, in the same order. Otherwise each has been handled when `emit`
  ///   returns, which a run needs that must know after a kill what it has sent.
  init(redactor: SecretRedactor, listeners: [any EventListener], isDeferred: Bool = false) {
    self.redactor = redactor
    self.listeners = Locked(listeners)
    encodesLines = listeners.contains { $0.readsLines }
    // without lines there is hardly any work to defer
    self.isDeferred = isDeferred && encodesLines
  }

  func emit(_ event: Event) { add(.event(event)) }

  /// Runs an action after all events that have been emitted.
  func afterEvents(_ action: @escaping @Sendable () -> Void) { add(.action(action)) }

  /// Waits until all events that have been emitted are handled.
  ///
  /// - Parameter active: How many tasks emit events and wait for them, this one included. If there are many, some wait
  ///   together, for at most a rest: the thread of the stream is not woken for each of them.
  func drain(among active: Int = 1) async {
    guard isDeferred else { return }
    await withCheckedContinuation { continuation in add(.waiter(continuation), wakesAt: max(1, active / 4)) }
  }

  /// - Parameter wakesAt: So many waiters wake the thread of the stream.
  private func add(_ item: Item, wakesAt count: Int? = nil) {
    guard isDeferred else { return handle(CollectionOfOne(item)) }
    free.wait()
    let (isFirst, endsRest) = waiting.withLock { waiting in
      waiting.items.append(item)
      if count != nil { waiting.waiters += 1 }
      let isUrgent = waiting.items.count >= EventStream.many || count.map { waiting.waiters >= $0 } == true
      defer {
        waiting.isHandled = true
        waiting.isUrgent = waiting.isUrgent || isUrgent
      }
      return (!waiting.isHandled, isUrgent && !waiting.isUrgent)
    }
    if isFirst { queue.async { self.handleWaiting() } }
    if endsRest { alarm.signal() }
  }

  private func handleWaiting() {
    while true {
      _ = alarm.wait(timeout: .now() + EventStream.rest)
      let items = waiting.withLock { waiting in
        defer { waiting = Waiting(isHandled: !waiting.items.isEmpty) }
        return waiting.items
      }
      guard !items.isEmpty else { return }
      handle(items)
      for _ in items { free.signal() }
    }
  }

  private func handle(_ items: some Sequence<Item>) {
    var hasEvents = false
    var waiters: [CheckedContinuation<Void, Never>] = []
    for item in items {
      switch item {
      case .action(let action): action()
      case .waiter(let waiter): waiters.append(waiter)
      case .event(let event):
        hasEvents = true
        let line = encodesLines ? line(of: event) : []
        listeners.withLock { listeners in
          for listener in listeners { listener.handle(event, line: line) }
        }
      }
    }
    if hasEvents { settle() }
    // what they wait for may have to be on the disk
    for waiter in waiters { waiter.resume() }
  }

  private func settle() {
    listeners.withLock { listeners in
      for listener in listeners { listener.settle() }
    }
  }

  /// The event encoded and redacted.
  func line(of event: Event) -> [UInt8] {
    var bytes: [UInt8] = []
    event.encode(to: &bytes)
    return redactor.redact(bytes, isJSON: true)
  }
}
