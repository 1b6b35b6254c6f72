// An asynchronous HTTP client over one libcurl multi handle, which has its own thread.
//
// That thread is also a task executor. On Swift's default pool every request costs two thread hops: one to hand the
// request to the loop and one to resume its task; that reaches about 0.6 of the request rate of a plain loop in C.
// Tasks that prefer the client as their executor run on the loop thread, in batches between two polls. A request that
// starts there needs neither a hop nor a system call to get to libcurl: about 0.95 of the plain loop.
//
//     group.addTask(executorPreference: client) { try await client.send(request) }
//
// Such tasks must not block: while they run, nothing is sent or received. Long computations belong on the default pool.

import CCurl
import ConformanceModel
import Glibc
public import HTTPModel

/// Sends HTTP requests exactly as they are described and returns responses as they were received.
///
/// It follows no redirects, keeps no cookies, decompresses nothing and reacts to no authentication challenge.
/// Call `shutdown()` at the end; a client without references ends its thread as well, but nothing waits for that.
public final class HTTPClient: Transport, TaskExecutor, Sendable {
  public let options: HTTPClientOptions
  private let inbox: Locked<LoopMailbox>

  /// The versions of libcurl and of its libraries: `libcurl/7.88.1 OpenSSL/3.0.17 …`.
  public static var libraryVersion: String { CurlLibrary.description }

  /// Loads libcurl ahead of the first client.
  public static func prepare() { CurlLibrary.load() }

  /// Starts the loop thread. Throws a `TransportError` of kind `.request` if the client or libcurl rejects an option.
  public init(_ options: HTTPClientOptions = HTTPClientOptions()) throws(TransportError) {
    try options.check()
    let loop = try Loop(options)
    self.options = options
    inbox = loop.inbox
    // The loop needs this only to run jobs on it; a job that runs keeps its executor alive.
    let executor = UnownedTaskExecutor(ordinary: self)
    inbox.withLock { $0.executor = executor }
    try LoopThread.start(loop)
  }

  deinit {
    let thread = inbox.withLock { inbox in
      inbox.close()
      return inbox.takeThread()
    }
    // The last reference may be released on the loop thread, which cannot join itself.
    if let thread { pthread_detach(thread) }
  }

  /// Sends a request and waits for its complete response.
  ///
  /// - Parameters:
  ///   - timeout: the limit for the whole exchange in seconds, instead of the client's.
  ///   - freshConnection: open a connection instead of using one that was kept alive.
  /// - Throws: `.request` before anything is sent, if the request cannot be made; `.cancelled` when the task is
  ///   cancelled or the client shut down; the other kinds as documented there. Messages contain neither header values
  ///   nor bodies.
  ///
  /// The request is sent once. A kept connection that has ended before that, or on which unrequested bytes wait, is not
  /// used. If it ends afterwards, the error has `isWithoutResponse`: the server may have processed the request
  /// (RFC 9110 section 9.2.2).
  public func send(
    _ request: WireRequest, timeout: Double? = nil, freshConnection: Bool = false
  ) async throws(TransportError) -> Exchange {
    let limit = timeout ?? options.timeout
    guard limit > 0 else { throw TransportError(.request, "timeout must be more than 0 s") }
    try request.checkSendable()
    let transfer = Transfer(request, timeout: limit, freshConnection: freshConnection)
    let result = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in submit(transfer, continuation) }
    } onCancel: {
      inbox.withLock { $0.cancel(transfer) }
    }
    return try result.get()
  }

  /// Ends the loop thread and waits for it. Requests under way and all later requests fail with `.cancelled`.
  public func shutdown() async {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      let hasEnded = inbox.withLock { inbox in
        inbox.close()
        if !inbox.hasEnded { inbox.awaitingEnd.append(continuation) }
        return inbox.hasEnded
      }
      if hasEnded { continuation.resume() }
    }
    // A closed client runs no jobs, so this is another thread, and the loop thread has nothing left but to return.
    if let thread = inbox.withLock({ $0.takeThread() }) { pthread_join(thread, nil) }
  }

  private func submit(_ transfer: Transfer, _ continuation: Transfer.Continuation) {
    transfer.continuation = continuation
    let isAccepted = inbox.withLock { inbox in
      guard !inbox.isClosed else { return false }
      inbox.start(transfer)
      // The cancellation handler may have run before the transfer was submitted.
      if Task.isCancelled { inbox.cancel(transfer) }
      return true
    }
    if !isAccepted { transfer.finish(.failure(.shutDown)) }
  }
}

extension HTTPClient {
  public func send(_ request: WireRequest, _ options: SendOptions) async throws(TransportError) -> Exchange {
    var exchange = try await send(request, timeout: options.timeout, freshConnection: options.freshConnection)
    exchange.attempt = options.attempt
    return exchange
  }

  public var executor: (any TaskExecutor)? { self }

  /// Closes the connections that were used more than once, waits up to a second for what the server still sends on them
  /// before it closes them too, and reports every connection on which bytes arrived that belong to no request. Returns
  /// nothing once the client is shut down.
  ///
  /// The response to the first request of a connection is never in doubt: it is the first that the server sent there.
  public func settle() async -> [ConnectionSurplus] {
    let time = await inspect { $0.remainingQuietTime() } ?? 0
    if time > 0 { try? await Task.sleep(nanoseconds: UInt64(time * 1e9)) }
    return await inspect { connections in
      connections.finish()
      return connections.surpluses
    } ?? []
  }

  /// Runs `body` on the loop thread; `nil` once the client is shut down.
  private func inspect<Value: Sendable>(_ body: @escaping @Sendable (Connections) -> Value) async -> Value? {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Value?, Never>) in
      let isAccepted = inbox.withLock { inbox in
        guard !inbox.isClosed else { return false }
        inbox.inspect { continuation.resume(returning: body($0)) }
        return true
      }
      if !isAccepted { continuation.resume(returning: nil) }
    }
  }

  /// Runs the job on the loop thread, or on the default pool once the client is shut down.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isAccepted = inbox.withLock { inbox in
      guard !inbox.isClosed else { return false }
      inbox.run(job)
      return true
    }
    if !isAccepted { globalConcurrentExecutor.enqueue(job) }
  }
}
