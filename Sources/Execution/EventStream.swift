// Where events leave the runner: encoded, redacted, and handed to whoever listens.

import ConformanceModel
import Redaction
public import RunEvents

/// Takes each event of a run once it can be shown: as the line of the log, without secrets.
public protocol EventListener: Sendable {
  /// Whether it looks at the lines; where no one does, none are made.
  var readsLines: Bool { get }

  /// - Parameters:
  ///   - event: What happened. Its texts may hold secrets: only names and numbers may be used of it.
  ///   - line: The same, encoded and redacted.
  func handle(_ event: Event, line: [UInt8])
}

extension EventListener {
  public var readsLines: Bool { true }
}

/// Encodes and redacts events in one place, in the order in which they come.
final class EventStream: Sendable {
  private let redactor: SecretRedactor
  /// The lock protects the order: lines of one event after the other, to all listeners alike. It holds the listeners and not
  /// nothing: a value without bytes has the address of the lock itself to the thread sanitizer, which then sees races on it.
  private let listeners: Locked<[any EventListener]>
  private let makesLines: Bool

  init(redactor: SecretRedactor, listeners: [any EventListener]) {
    self.redactor = redactor
    self.listeners = Locked(listeners)
    makesLines = listeners.contains { $0.readsLines }
  }

  func emit(_ event: Event) {
    let line = makesLines ? line(of: event) : []
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
