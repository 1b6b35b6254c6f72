// Many requests at once, cancellation, the end of a client, and the client as an executor.

import ConformanceModel
import HTTPModel
import HTTPTransport
import TestSupport
import Testing

@Suite("A client")
struct LifetimeTests {
  @Test("sends many requests at once and returns each its own response", arguments: [false, true])
  func many(prefersLoop: Bool) async throws {
    let server = try RawServer { request, connection in
      connection.respond(String(request.head.split(separator: " ")[1]))
    }
    let bodies = try await withClient { client in
      try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
        var bodies: [Int: [UInt8]] = [:]
        for index in 0..<500 {
          if index >= 64, let (done, body) = try await group.next() { bodies[done] = body }
          group.addTask(executorPreference: prefersLoop ? client : nil) {
            (index, try await client.send(WireRequest(url: "\(server.url)/\(index)")).response.body)
          }
        }
        for try await (done, body) in group { bodies[done] = body }
        return bodies
      }
    }
    #expect(bodies == Dictionary(uniqueKeysWithValues: (0..<500).map { ($0, Array("/\($0)".utf8)) }))
    #expect(server.connectionCount <= 64)
  }

  @Test("ends a request whose task is cancelled")
  func cancelled() async throws {
    let arrived = Signal()
    let left = Signal()
    let server = try RawServer { _, connection in
      arrived.send()
      connection.waitForClose()
      left.send()
    }
    try await withClient { client in
      let task = Task { try await client.send(WireRequest(url: server.url)) }
      await arrived.wait()
      task.cancel()
      let error = try await failure(of: { try await task.value })
      #expect(error.kind == .cancelled)
      // The connection has ended as well.
      await left.wait()
    }
  }

  @Test("does not start a request of a task that is cancelled already, and survives a storm of cancellations")
  func cancelledEarly() async throws {
    let server = try RawServer { _, connection in connection.respond() }
    try await withClient { client in
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<200 {
          group.addTask(executorPreference: index.isMultiple(of: 2) ? client : nil) {
            do throws(TransportError) {
              _ = try await client.send(WireRequest(url: server.url))
            } catch {
              #expect(error.kind == .cancelled)
            }
          }
        }
        group.cancelAll()
      }
      _ = try await client.send(WireRequest(url: server.url))
    }
  }

  @Test("that is shut down fails requests under way and later requests, and may be shut down again")
  func shutDown() async throws {
    let arrived = Signal()
    let server = try RawServer { _, connection in
      arrived.send()
      connection.waitForClose()
    }
    let client = try HTTPClient()
    let task = Task { try await client.send(WireRequest(url: server.url)) }
    await arrived.wait()
    await client.shutdown()
    let expected = TransportError(.cancelled, "the HTTP client was shut down")
    #expect(try await failure(of: { try await task.value }) == expected)
    #expect(try await failure(of: { try await client.send(WireRequest(url: server.url)) }) == expected)
    await client.shutdown()
  }

  @Test("that is shut down by a task on its own thread lets that task continue elsewhere")
  func shutDownFromWithin() async throws {
    let client = try HTTPClient()
    let sum = await Task(executorPreference: client) {
      await client.shutdown()
      await Task.yield()
      return 1 + 1
    }.value
    #expect(sum == 2)
  }

  @Test("that is shut down by many tasks at once ends once")
  func shutDownTogether() async throws {
    let client = try HTTPClient()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { await client.shutdown() } }
    }
  }

  @Test("without references closes its connections")
  func dropped() async throws {
    let left = Signal()
    let server = try RawServer { _, connection in
      connection.respond()
      connection.waitForClose()
      left.send()
    }
    _ = try await HTTPClient().send(WireRequest(url: server.url))
    await left.wait()
  }

  @Test("sends and receives between jobs that never end by themselves")
  func fair() async throws {
    let server = try RawServer { _, connection in connection.respond() }
    try await withClient { client in
      let busy = Task(executorPreference: client) { while !Task.isCancelled { await Task.yield() } }
      let exchange = try await Task(executorPreference: client) {
        // here and not in the test, which may have to wait for others while this one takes a whole core
        defer { busy.cancel() }
        return try await client.send(WireRequest(url: server.url))
      }.value
      #expect(exchange.response.status == 200)
      await busy.value
    }
  }
}
