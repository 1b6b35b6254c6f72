// A port for a program that is about to be started.

import Glibc

public enum FreePort {
  /// A TCP port of 127.0.0.1 that nothing listens on just now.
  public static func find() throws(ProcessError) -> Int {
    let socket = Descriptor(Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket.number, $0, length) == 0 ? getsockname(socket.number, $0, &length) : -1
      }
    }
    guard code == 0 else { throw ProcessError("no port of 127.0.0.1 is free", errno: errno) }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
