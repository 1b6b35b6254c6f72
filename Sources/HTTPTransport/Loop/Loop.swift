// The loop around libcurl's multi handle: runs jobs, starts and ends transfers, waits for sockets.

import CCurl
import ConformanceModel
import HTTPModel

/// Confined to the loop thread, except for `inbox`.
final class Loop {
  let inbox: Locked<LoopMailbox>

  private let multi: UnsafeMutableRawPointer
  private let model: HandleModel
  private let connections = Connections()
  private var idle: [EasyHandle]
  private var live: [ObjectIdentifier: Transfer] = [:]
  /// The endpoints that have responded.
  private var responding: Set<String> = []

  init(_ options: HTTPClientOptions) throws(TransportError) {
    try CurlLibrary.require()
    // Made first because it shows whether libcurl accepts the options.
    let model = try HandleModel(options)
    let handle = try EasyHandle(model, connections)
    guard let multi = curl_multi_init() else { throw TransportError(.request, "libcurl returned no multi handle") }
    // libcurl's default is four times the handles that are added just then, which dips between two requests and closes
    // connections that are about to be used again.
    ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.maxConnections)
    // A connection carries one request at a time. After `HTTP/2` in a status line, libcurl sends further requests on
    // connections of that host that still wait for a response, and mixes up the responses.
    ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING)
    ccurl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, options.maxOpenConnections)
    self.multi = multi
    self.model = model
    idle = [handle]
    inbox = Locked(LoopMailbox(multi))
  }

  deinit {
    idle = []
    curl_multi_cleanup(multi)
  }

  private var options: HTTPClientOptions { model.options }

  func run() {
    while true {
      var work = inbox.withLock { $0.take() }
      if !work.jobs.isEmpty, let executor = inbox.withLock({ $0.executor }) {
        // One batch: what these jobs enqueue runs after the next poll: a chain of jobs cannot starve the sockets.
        for job in work.jobs { job.runSynchronously(on: executor) }
        let more = inbox.withLock { $0.takeTransfers() }
        work.starting += more.starting
        work.cancelled += more.cancelled
        work.inspections += more.inspections
        work.isClosed = work.isClosed || more.isClosed
      }
      for transfer in work.starting { start(transfer) }
      for transfer in work.cancelled { cancel(transfer, .cancelled) }
      for inspection in work.inspections { inspection(connections) }
      if work.isClosed { break }
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      completeTransfers()
      if inbox.withLock({ $0.beginPolling() }) {
        // libcurl ends the wait itself when one of its time limits is due.
        curl_multi_poll(multi, nil, 0, 60_000, nil)
      }
    }
    end()
  }

  private func start(_ transfer: Transfer) {
    do throws(TransportError) {
      let handle = if let kept = idle.popLast() { kept } else { try EasyHandle(model, connections) }
      try handle.prepare(transfer)
      let code = curl_multi_add_handle(multi, handle.easy)
      guard code == CURLM_OK else { throw TransportError(.request, String(cString: curl_multi_strerror(code))) }
      transfer.handle = handle
      live[ObjectIdentifier(transfer)] = transfer
    } catch {
      transfer.finish(.failure(error))
    }
  }

  private func cancel(_ transfer: Transfer, _ reason: TransportError) {
    guard let handle = transfer.handle else { return }
    detach(transfer, from: handle)
    recycle(handle)
    transfer.finish(.failure(reason))
  }

  private func completeTransfers() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      // The message is invalid once its handle is removed.
      let code = ccurl_result(message)
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
        let handle = EasyHandle.of(easy), let transfer = handle.transfer
      else { continue }
      complete(transfer, handle, code)
    }
  }

  private func complete(_ transfer: Transfer, _ handle: EasyHandle, _ code: CURLcode) {
    detach(transfer, from: handle)
    if handle.isConnectionUnusable, !transfer.isRestarted {
      // Nothing was sent.
      transfer.restart(after: handle.timings.total)
      recycle(handle)
      start(transfer)
    } else {
      let result = hinted(handle.result(of: transfer, code), transfer.request.url)
      handle.closeAccount(code)
      recycle(handle)
      transfer.finish(result)
    }
  }

  /// With a hint at TLS, if the endpoint of an http URL ends connections without having ever responded.
  private func hinted(_ result: Result<Exchange, TransportError>, _ url: String) -> Result<Exchange, TransportError> {
    switch result {
    case .success(let exchange):
      if exchange.connection?.index == 0 { responding.insert(Endpoint.of(url)) }
    case .failure(var error):
      guard error.isWithoutResponse, options.unixSocket == nil, url.prefix(5).lowercased() == "http:",
        !responding.contains(Endpoint.of(url))
      else { break }
      error.message += "; if it expects TLS at this port, write https:// in the URL"
      return .failure(error)
    }
    return result
  }

  private func detach(_ transfer: Transfer, from handle: EasyHandle) {
    curl_multi_remove_handle(multi, handle.easy)
    transfer.handle = nil
    live[ObjectIdentifier(transfer)] = nil
  }

  private func recycle(_ handle: EasyHandle) {
    handle.clear()
    if CurlLibrary.canReuseHandles, idle.count < options.maxConnections { idle.append(handle) }
  }

  private func end() {
    for transfer in live.values { cancel(transfer, .shutDown) }
    // Nothing was accepted since the inbox closed; earlier jobs continue on the default pool.
    let left = inbox.withLock { $0.take() }
    for transfer in left.starting { transfer.finish(.failure(.shutDown)) }
    for inspection in left.inspections { inspection(connections) }
    for job in left.jobs { globalConcurrentExecutor.enqueue(job) }
  }
}
