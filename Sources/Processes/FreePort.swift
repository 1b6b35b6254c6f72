// A port for a program that is about to be started.

import Glibc
import SystemPackage

public enum FreePort {
  /// Different TCP ports of 127.0.0.1 on which nothing listens at the moment.
  public static func find(_ count: Int) throws(ProcessError) -> [Int] {
    // all of them are held until the last is found
    var held: [(socket: Descriptor, port: Int)] = []
    while held.count < count { held.append(try bound()) }
    return held.map(\.port)
  }

  private static func bound() throws(ProcessError) -> (Descriptor, Int) {
    let socket = socket(0)
    var address = address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        let number = socket.file.rawValue
        return bind(number, $0, length) == 0 ? getsockname(number, $0, &length) : -1
      }
    }
    guard code == 0 else { throw .withLastErrno("no port of 127.0.0.1 is free") }
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// Whether a program accepts connections on a port of 127.0.0.1.
  public static func isOpen(_ port: Int) -> Bool {
    let socket = socket(Int32(SOCK_NONBLOCK.rawValue))
    var address = address(port: port)
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket.file.rawValue, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if code == 0 { return true }
    guard errno == EINPROGRESS else { return false }
    var waiting = pollfd(fd: socket.file.rawValue, events: Int16(POLLOUT), revents: 0)
    guard poll(&waiting, 1, isOpenLimit) > 0 else { return false }
    var failure: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(socket.file.rawValue, SOL_SOCKET, SO_ERROR, &failure, &length) == 0 && failure == 0
  }

  /// In milliseconds.
  private static let isOpenLimit: Int32 = 200

  private static func socket(_ flags: Int32) -> Descriptor {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | flags
    return Descriptor(FileDescriptor(rawValue: Glibc.socket(AF_INET, type, 0)))
  }

  private static func address(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return address
  }
}
