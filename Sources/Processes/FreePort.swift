// A port for a program that is about to be started.

import Glibc
import SystemPackage

public enum FreePort {
  /// A TCP port of 127.0.0.1 on which nothing listens at the moment.
  public static func find() throws(ProcessError) -> Int {
    let socket = Descriptor(
      FileDescriptor(
        rawValue: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        let number = socket.file.rawValue
        return bind(number, $0, length) == 0 ? getsockname(number, $0, &length) : -1
      }
    }
    guard code == 0 else { throw .withLastErrno("no port of 127.0.0.1 is free") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
