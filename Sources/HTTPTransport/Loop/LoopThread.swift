// The thread of a client's loop.

import CCurl
import ConformanceModel
import Glibc
import HTTPModel

enum LoopThread {
  /// Runs the loop on a new thread, which keeps it alive and then resumes the tasks that wait for its end.
  static func start(_ loop: Loop) throws(TransportError) {
    let context = Unmanaged.passRetained(loop).toOpaque()
    // Under the lock, so that the thread is known before it can be joined.
    let failure = loop.inbox.withLock { inbox in
      var thread = pthread_t()
      let code = pthread_create(&thread, nil, { LoopThread.main($0) }, context)
      if code == 0 { inbox.thread = thread }
      return code
    }
    guard failure == 0 else {
      Unmanaged<Loop>.fromOpaque(context).release()
      throw TransportError(.request, "no thread for the HTTP client: \(String(cString: strerror(failure)))")
    }
  }

  private static func main(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    ccurl_name_this_thread("conform-http")
    let inbox = runAndRelease(context)
    for continuation in inbox.withLock({ $0.end() }) { continuation.resume() }
    return nil
  }

  /// A function of its own so that the loop, and libcurl's handles with it, are freed when it returns.
  private static func runAndRelease(_ context: UnsafeMutableRawPointer) -> Locked<LoopMailbox> {
    let loop = Unmanaged<Loop>.fromOpaque(context).takeRetainedValue()
    loop.run()
    return loop.inbox
  }
}
