// Encodes and redacts the events of a run and passes them to the listeners.

import ConformanceModel
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
}

extension EventListener {
  public var readsLines: Bool { true }
}

/// The one place where events are encoded and redacted, in the order in which they occur.
final class EventStream: Sendable {
  private let redactor: SecretRedactor
  /// The lock protects the order of events, the same for all listeners. It holds the listeners: the thread sanitizer
  /// takes the address of a value without bytes for that of the lock, and reports false races on it.
  private let listeners: Locked<[any EventListener]>
  private let encodesLines: Bool

  init(redactor: SecretRedactor, listeners: [any EventListener]) {
    self.redactor = redactor
    self.listeners = Locked(listeners)
    encodesLines = listeners.contains { $0.readsLines }
  }

  func emit(_ event: Event) {
    let line = encodesLines ? line(of: event) : []
    listeners.withLock { listeners in
      for listener in listeners { listener.handle(event, line: line) }
    }
  }

  private func line(of event: Event) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2048)
    event.encode(to: &bytes)
    return redactor.redact(bytes, isJSON: true)
  }
}
