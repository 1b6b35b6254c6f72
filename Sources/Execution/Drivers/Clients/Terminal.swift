// Asks a person at the terminal, one task after the other.

import ConformanceModel
import Dispatch
import Glibc

/// The terminal of the process, whatever its standard input and output are. Its queue keeps tasks apart, and blocks no
/// thread of Swift's pool.
public final class Terminal: Sendable {
  private let queue = DispatchQueue(label: "conform-terminal")
  private let stop: StopFlag

  init(stop: StopFlag) { self.stop = stop }

  /// Whether the process has a terminal.
  public static var isThere: Bool {
    guard let tty = open() else { return false }
    close(tty)
    return true
  }

  /// What a run without a terminal reports.
  public static let missingReason =
    "a person at a terminal manages the clients of this target ('clients: prompt'), but this process has no terminal; "
    + "configure credentials with 'clients: static' instead"

  private static func open() -> Int32? {
    let tty = Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    return tty < 0 ? nil : tty
  }

  /// Shows a task and reads a reply to each question. Secrets are not echoed.
  ///
  /// - Throws: `TargetError` if there is no terminal, or the person or a signal ended the dialog.
  func ask(_ task: String, _ questions: [Question]) async throws -> [String] {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try self.askNow(task, questions) }) }
    }
  }

  private func askNow(_ task: String, _ questions: [Question]) throws -> [String] {
    guard let tty = Terminal.open() else { throw TargetError(Terminal.missingReason) }
    defer { close(tty) }
    show("\r\u{1B}[K\n\(task)\n", tty)
    return try questions.map { question in
      try question.isSecret ? withoutEcho(tty) { try reply(question, tty) } : reply(question, tty)
    }
  }

  private func reply(_ question: Question, _ tty: Int32) throws -> String {
    show("  \(question.text): ", tty)
    return try readLine(tty)
  }

  private func withoutEcho(_ tty: Int32, _ body: () throws -> String) rethrows -> String {
    var before = termios()
    guard tcgetattr(tty, &before) == 0 else { return try body() }
    var quiet = before
    quiet.c_lflag &= ~tcflag_t(ECHO)
    // TCSADRAIN keeps what was pasted already.
    tcsetattr(tty, TCSADRAIN, &quiet)
    defer {
      tcsetattr(tty, TCSADRAIN, &before)
      show("\n", tty)
    }
    return try body()
  }

  /// Reads a line, and checks several times a second whether the run was stopped.
  private func readLine(_ tty: Int32) throws -> String {
    var bytes: [UInt8] = []
    while bytes.count < 8192 {
      if stop.isSet { throw TargetError("the question was cancelled") }
      var waiting = pollfd(fd: tty, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 200) > 0 else { continue }
      var byte: UInt8 = 0
      let count = read(tty, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { throw TargetError("the terminal was closed before the question was answered") }
      if byte == 0x0A { break }
      bytes.append(byte)
    }
    return String(String(decoding: bytes, as: UTF8.self).trimmingSpaces)
  }

  private func show(_ text: String, _ tty: Int32) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(tty, $0.baseAddress, $0.count) }
  }
}

extension String {
  /// Pasted texts often have spaces or carriage returns at their ends.
  fileprivate var trimmingSpaces: Substring {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
