// An asynchronous HTTP client over one libcurl multi handle, which has a thread of its own.
//
// That thread is also a task executor. Run on Swift's default pool, every request costs two thread hops: one to hand the
// request to the loop and one to resume its task; that reaches about 0.6 of the request rate of a plain loop in C. Tasks
// that prefer the client as their executor run on the loop thread, in batches between two polls, so that a request started
// there is on its way without a hop or a system call: about 0.95 of the plain loop.
//
//     group.addTask(executorPreference: client) { try await client.send(request) }
//
// Such tasks must not block: while they run, nothing is sent or received. Long computations belong on the default pool.

import CCurl
import ConformanceModel
import Glibc
public import HTTPModel

/// Sends HTTP requests exactly as they are described, and hands back answers as they came.
///
/// It follows no redirects, keeps no cookies, decompresses nothing and answers no authentication challenges.
/// Call `shutdown()` at the end; a client that is merely dropped ends its thread, too, but nobody waits for that.
public final class HTTPClient: Transport, TaskExecutor, Sendable {
  public let options: HTTPClientOptions
  private let inbox: Locked<LoopMailbox>

  /// What libcurl says of itself and what it is built on: `libcurl/7.88.1 OpenSSL/3.0.17 …`.
  public static var libraryVersion: String { curl_version().map { String(cString: $0) } ?? "libcurl" }

  /// Starts the loop thread. Throws `TransportError` of kind `.request` if an option makes no sense to the client or libcurl.
  public init(_ options: HTTPClientOptions = HTTPClientOptions()) throws(TransportError) {
    try options.check()
    let loop = try Loop(options)
    self.options = options
    inbox = loop.inbox
    // The loop needs this only to tell jobs where they run; a job that runs keeps its executor alive.
    let executor = UnownedTaskExecutor(ordinary: self)
    inbox.withLock { $0.executor = executor }
    try LoopThread.start(loop)
  }

  deinit {
    let thread = inbox.withLock { inbox in
      inbox.close()
      return inbox.takeThread()
    }
    // The last reference may go on the loop thread itself, which cannot be joined from there.
    if let thread { pthread_detach(thread) }
  }

  /// Sends a request and waits for its whole answer.
  ///
  /// - Parameters:
  ///   - timeout: the limit for the whole exchange in seconds, instead of the client's.
  ///   - freshConnection: connect anew instead of using a connection that was kept alive.
  /// - Throws: `.request` before anything is sent, if the request cannot be made; `.cancelled` when the task is cancelled or
  ///   the client shut down; the other kinds as they say. Messages hold neither header values nor bodies.
  ///
  /// A request is sent again only if a connection that was kept alive turns out to have been closed before any line of the
  /// answer came (RFC 9112 section 9.3.1); the last attempt is then made on a fresh connection.
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

  /// On how many kept connections bytes came that no request had asked for. Those were closed; an answer that comes so late that the
  /// next request is on its way already is taken for the answer to that one, and nothing in HTTP/1.1 tells them apart.
  public var unaskedCount: Int { inbox.withLock { $0.unaskedCount } }

  /// Ends the loop thread and waits for it. Whatever is under way fails with `.cancelled`, and so does every later request.
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
      // The cancellation handler may have run before there was anything to cancel.
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

  public func settle() async -> [ConnectionSurplus] { [] }

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
