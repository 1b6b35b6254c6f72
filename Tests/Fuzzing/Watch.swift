// Limits for each input, and what is left of one that ends the program: its bytes in a file, and its name.

import Foundation
import Glibc
import Synchronization

/// The input at work. A thread looks at what it has cost so far; a signal handler keeps it when the program crashes.
final class Watch: Sendable {
  /// Seconds of processor time.
  private static let longest = 10.0
  /// Bytes by which the program may grow for one input.
  private static let largest = 1 << 30

  private let started = Atomic<Int>(0)
  private let memory = Atomic<Int>(0)

  init(folder: String) {
    CurrentInput.prepare(folder)
    for signal in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] { CurrentInput.catchSignal(signal) }
    Thread.detachNewThread { [self] in
      while true {
        usleep(50_000)
        let begin = started.load(ordering: .acquiring)
        guard begin != 0 else { continue }
        if Double(Watch.processorTime() - begin) > Watch.longest * 1e9 { CurrentInput.end("takes more than \(Int(Watch.longest)) s of processor time") }
        if Watch.resident() - memory.load(ordering: .acquiring) > Watch.largest { CurrentInput.end("takes more than \(Watch.largest >> 20) MiB") }
      }
    }
  }

  func begin(_ reader: String, _ origin: String, _ input: [UInt8]) {
    CurrentInput.set(reader, origin, input)
    memory.store(Watch.resident(), ordering: .releasing)
    started.store(Watch.processorTime(), ordering: .releasing)
  }

  func end() { started.store(0, ordering: .releasing) }

  private static func processorTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  private static func resident() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, 128, file) != nil else { return 0 }
    let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
    return words.count > 1 ? (Int(words[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
  }
}

/// Memory that a signal handler may use: all of it is there before, and is only written to while no input is at work.
private enum CurrentInput {
  private static let capacity = 8 << 20
  nonisolated(unsafe) private static let input = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  nonisolated(unsafe) private static let size = UnsafeMutablePointer<Int>.allocate(capacity: 1)
  nonisolated(unsafe) private static let label = UnsafeMutablePointer<CChar>.allocate(capacity: 1024)
  nonisolated(unsafe) private static let path = UnsafeMutablePointer<CChar>.allocate(capacity: 1024)
  nonisolated(unsafe) private static let stack = UnsafeMutableRawPointer.allocate(byteCount: 64 << 10, alignment: 16)

  static func prepare(_ folder: String) {
    size.pointee = 0
    snprintf(path, "\(folder)/crash-\(getpid())")
    snprintf(label, "nothing")
    input.pointee = 0
    // a stack that overflowed leaves no room for a handler
    var other = stack_t(ss_sp: stack, ss_flags: 0, ss_size: 64 << 10)
    sigaltstack(&other, nil)
  }

  static func catchSignal(_ signal: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { number in CurrentInput.end("ends the program, signal \(number)") }
    action.sa_flags = SA_ONSTACK | Int32(bitPattern: UInt32(SA_RESETHAND))
    sigaction(signal, &action, nil)
  }

  static func set(_ reader: String, _ origin: String, _ bytes: [UInt8]) {
    snprintf(label, "\(reader), \(origin)")
    size.pointee = min(bytes.count, capacity)
    bytes.withUnsafeBufferPointer { if let base = $0.baseAddress { input.update(from: base, count: size.pointee) } }
  }

  

  static func end(_ what: String) -> Never {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    _ = Glibc.write(file, input, size.pointee)

    say("FINDING ")
    _ = Glibc.write(STDOUT_FILENO, label, strlen(label))
    say(": ")
    say(what)
    say("\n  input: ")
    _ = Glibc.write(STDOUT_FILENO, path, strlen(path))
    say("\n")
    _exit(1)
  }

  private static func say(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }

  private static func snprintf(_ place: UnsafeMutablePointer<CChar>, _ text: String) {
    let bytes = text.utf8CString.prefix(1023)
    for (index, byte) in bytes.enumerated() { place[index] = byte }
    place[bytes.count - 1] = 0
  }
}
