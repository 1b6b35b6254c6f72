// Asks for what no option says: a person at a terminal, or lines on standard input.

import ConformanceModel
import Glibc
import Redaction

/// A value that cannot be right, or that the service refutes.
struct Refusal: Error {
  var reason: String
  /// `couldNotRun` if the service said so.
  var status = ExitStatus.usageError

  init(_ reason: String, _ status: ExitStatus = .usageError) {
    self.reason = reason
    self.status = status
  }
}

/// One value that `init` needs.
struct Question {
  /// What is asked for, with an example.
  var text: String
  /// The option that has the value instead.
  var option: String
  /// Taken for an empty line, and at the end of the input; `nil` if the value is required.
  var fallback: String?
  /// What else to do if nothing answers it.
  var remark = ""

  init(_ text: String, _ option: String, fallback: String? = nil, remark: String = "") {
    self.text = text
    self.option = option
    self.fallback = fallback
    self.remark = remark
  }
}

/// The dialog of `init`. What it prints contains no secret.
final class Questions: Sendable {
  let isTerminal = Output.isTerminal(STDIN_FILENO)
  private let redactor: SecretRedactor

  init(redactor: SecretRedactor) { self.redactor = redactor }

  /// Prints a line. Texts of the service cannot control the terminal.
  func say(_ text: String) { Output.write(SafeText.forConsole(redactor.redact(text))) }

  /// Prints a line that goes into the file.
  func propose(_ line: String) { say("  -> \(line)") }

  /// Takes the value of an option, or asks until a value is accepted.
  ///
  /// - Parameters:
  ///   - given: The value of the option; it is not asked for again.
  ///   - accept: Throws `Refusal` for a value that cannot be used.
  /// - Throws: `StartError` if the value is refused and no further one can be asked for.
  func ask<Value>(_ question: Question, given: String?, _ accept: (String) async throws -> Value) async throws -> Value
  {
    if let given {
      do { return try await accept(given) } catch let refusal as Refusal {
        throw StartError(refusal.status, "\(question.option): \(shown(refusal))\(Questions.unwritten)")
      }
    }
    var last: Refusal?
    while true {
      let line = read(question)
      guard let value = line.map({ $0.isEmpty ? question.fallback ?? "" : $0 }) ?? question.fallback else {
        if let last { throw StartError(last.status, "\(question.option): \(shown(last))\(Questions.unwritten)") }
        throw StartError(
          .usageError, "\(question.option) is required: \(question.text)\(question.remark)\(Questions.unwritten)")
      }
      do { return try await accept(value) } catch let refusal as Refusal {
        last = refusal
        guard line != nil else {
          throw StartError(refusal.status, "\(question.option): \(shown(refusal))\(Questions.unwritten)")
        }
        say("  \(refusal.reason)")
      }
    }
  }

  /// Asks for permission; without an answer there is none.
  func confirm(_ text: String) -> Bool {
    guard let line = read(Question("\(text) (yes or no)", "", fallback: "no")) else { return false }
    return ["y", "yes"].contains(line.lowercased())
  }

  static let unwritten = "; nothing was written"

  private func shown(_ refusal: Refusal) -> String { SafeText.forConsole(redactor.redact(refusal.reason)) }

  private func read(_ question: Question) -> String? {
    let fallback = question.fallback.map { $0.isEmpty ? "" : " [\($0)]" } ?? ""
    if isTerminal { Output.emit(SafeText.forConsole("\(question.text)\(fallback): ")) }
    guard let line = readLine()?.trimmed else {
      if isTerminal { Output.emit("\n") }
      return nil
    }
    if !isTerminal { say("\(question.text)\(fallback): \(line)") }
    return line
  }
}

extension String {
  /// Without blanks at both ends.
  var trimmed: String {
    let start = drop { $0.isWhitespace }
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}
