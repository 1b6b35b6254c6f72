// The listening socket behind a `RawServer`, and its connections.

import ConformanceModel
import Glibc

final class Listener: Sendable {
  struct State {
    var requests: [RawRequest] = []
    var connectionCount = 0
    var connections: [ObjectIdentifier: RawConnection] = [:]
    var isClosed = false
  }

  let state = Locked(State())
  private let descriptor: Int32
  private let trigger: RawServer.Trigger
  private let handler: RawServer.Handler

  init(_ descriptor: Int32, _ trigger: RawServer.Trigger, _ handler: @escaping RawServer.Handler) {
    self.descriptor = descriptor
    self.trigger = trigger
    self.handler = handler
  }

  // Only here, when the accepting thread is gone: a closed descriptor could already be in use again.
  deinit { Glibc.close(descriptor) }

  func run() {
    while true {
      let accepted = accept(descriptor, nil, nil)
      guard accepted >= 0 else {
        if errno == EINTR || errno == ECONNABORTED { continue }
        return
      }
      var one: Int32 = 1
      setsockopt(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
      let connection = state.withLock { state -> RawConnection? in
        guard !state.isClosed else { return nil }
        state.connectionCount += 1
        let connection = RawConnection(accepted, number: state.connectionCount)
        state.connections[ObjectIdentifier(connection)] = connection
        return connection
      }
      guard let connection else {
        Glibc.close(accepted)
        return
      }
      runThread { self.serve(connection) }
    }
  }

  /// Wakes the accepting thread and all connections' threads; they end by themselves.
  func close() {
    let connections = state.withLock { state in
      state.isClosed = true
      defer { state.connections = [:] }
      return Array(state.connections.values)
    }
    shutdown(descriptor, Int32(SHUT_RDWR))
    for connection in connections { connection.close() }
  }

  private func serve(_ connection: RawConnection) {
    if trigger == .connection {
      handler(RawRequest(head: "", body: [], number: 1, connection: connection.number), connection)
    } else {
      while let request = connection.readRequest(withBody: trigger == .wholeRequest) {
        state.withLock { $0.requests.append(request) }
        handler(request, connection)
      }
    }
    connection.close()
    state.withLock { $0.connections[ObjectIdentifier(connection)] = nil }
  }

  static func listen() throws(Errno) -> (descriptor: Int32, port: UInt16) {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let descriptor = try listen(AF_INET, address)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  static func listen(unixSocket path: String) throws(Errno) -> (descriptor: Int32, port: UInt16) {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let isFitting = withUnsafeMutableBytes(of: &address.sun_path) { room in
      guard path.utf8.count < room.count else { return false }
      room.copyBytes(from: path.utf8)
      return true
    }
    guard isFitting else { throw Errno(number: ENAMETOOLONG) }
    return (try listen(AF_UNIX, address), 0)
  }

  private static func listen<Address>(_ family: Int32, _ address: Address) throws(Errno) -> Int32 {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .current }
    let bound = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard bound == 0, Glibc.listen(descriptor, 1024) == 0 else {
      let failure = Errno.current
      Glibc.close(descriptor)
      throw failure
    }
    return descriptor
  }
}
