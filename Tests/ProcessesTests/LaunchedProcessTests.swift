import Foundation
import Testing

@testable import Processes

@Suite("A launched program")
struct LaunchedProcessTests {
  /// A named pipe that a program and all its children hold open for writing: reading it to its end waits until all are
  /// gone.
  private final class Lifeline {
    let path: String
    private let descriptor: Int32

    init(_ folder: TemporaryFolder) throws {
      path = "\(folder.path)/lifeline"
      try #require(mkfifo(path, 0o600) == 0)
      descriptor = open(path, O_RDONLY | O_NONBLOCK)
      try #require(descriptor >= 0)
      _ = fcntl(descriptor, F_SETFL, 0)
    }

    deinit { close(descriptor) }

    /// Waits for a line.
    func line() -> String {
      var bytes: [UInt8] = []
      var byte: UInt8 = 0
      while true {
        // The other end may not be open yet.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 60_000) > 0, read(descriptor, &byte, 1) == 1, byte != 10 else { break }
        bytes.append(byte)
      }
      return String(decoding: bytes, as: UTF8.self)
    }

    func waitUntilAllAreGone() { while line() != "" {} }
  }

  private func start(
    _ script: String, in folder: TemporaryFolder, _ line: Lifeline,
    filter: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }
  ) throws -> LaunchedProcess {
    try LaunchedProcess.start(
      ["/bin/sh", "-c", "exec 3>\"$LINE\"; \(script)"], folder: "/",
      environment: ["LINE": line.path, "PATH": "/usr/bin:/bin"],
      output: "\(folder.path)/output", filter: filter)
  }

  @Test("stopping it ends everything that it started, also processes that ignore SIGTERM")
  func stop() async throws {
    let folder = try TemporaryFolder()
    let line = try Lifeline(folder)
    let process = try start(
      "trap '' TERM; (trap '' TERM; sleep 1000) & echo up >&3; wait; sleep 1000", in: folder, line)
    #expect(line.line() == "up")
    await process.stop(grace: 0)
    line.waitUntilAllAreGone()
    #expect(await process.unexpectedEnd() == nil)
  }

  @Test("it receives SIGTERM first and can clean up")
  func grace() async throws {
    let folder = try TemporaryFolder()
    let line = try Lifeline(folder)
    let process = try start(
      "trap 'echo tidy; exit 0' TERM; echo up >&3; while :; do sleep 0.01; done", in: folder, line)
    #expect(line.line() == "up")
    await process.stop(grace: 60)
    #expect(try folder.read("output").contains("tidy\n"))
    #expect(process.outcome == .exited(0))
  }

  @Test("its end is reported, with the status and its last output")
  func end() async throws {
    let folder = try TemporaryFolder()
    let line = try Lifeline(folder)
    let process = try start("i=0; while [ $i -lt 50 ]; do echo line $i; i=$((i+1)); done; exit 3", in: folder, line)
    #expect(await process.unexpectedEnd() == .exited(3))
    #expect(process.lastLines.split(separator: "\n").count == 20)
    #expect(process.lastLines.hasSuffix("line 49"))
    await process.stop()
  }

  @Test("secrets in its output are masked before they reach the file, also in a last line without a line break")
  func masks() async throws {
    let folder = try TemporaryFolder()
    let line = try Lifeline(folder)
    let process = try start("echo a secret here; echo on stderr: secret >&2; printf 'last secret'", in: folder, line) {
      $0.replacing("secret".utf8, with: "***".utf8)
    }
    #expect(await process.unexpectedEnd() == .exited(0))
    await process.stop()
    #expect(try folder.read("output") == "a *** here\non stderr: ***\nlast ***")
  }

  @Test("it does not inherit ignored signals")
  func signals() async throws {
    let folder = try TemporaryFolder()
    let line = try Lifeline(folder)
    let before = signal(SIGUSR2, SIG_IGN)
    defer { signal(SIGUSR2, before) }
    let process = try start("kill -USR2 $$; echo survived", in: folder, line)
    #expect(await process.unexpectedEnd() == .killed(signal: SIGUSR2))
    await process.stop()
  }

  @Test("a free port is free")
  func freePort() throws {
    let ports = try FreePort.find(20)
    #expect(Set(ports).count == 20)
    let port = ports[0]
    #expect(!FreePort.isOpen(port))
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    #expect(code == 0)
    #expect(listen(descriptor, 1) == 0 && FreePort.isOpen(port))
  }
}
