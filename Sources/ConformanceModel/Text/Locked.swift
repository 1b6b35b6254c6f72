// A value that several threads share, protected by a lock.

import Glibc

/// Holds a value and gives access to it to one thread at a time.
///
/// A pthread mutex rather than `Synchronization.Mutex`, because the thread sanitizer supports only the former on Linux.
/// `@unchecked Sendable` is sound, because the value is accessed only in `withLock`.
public final class Locked<Value>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  public init(_ value: Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` with exclusive access. `body` must not block, suspend, or take the same lock again.
  @inline(__always)
  public func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
