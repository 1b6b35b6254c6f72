// The values that a launched program makes at its start: `${launch.NAME}`.

import ConformanceModel
import Files
import JSONValue
import Redaction

/// Finds the values in files and in the output of a launched program. The lock protects what was found.
final class LaunchValues: Sendable {
  private let wanted: [Target.LaunchValue]
  private let folder: String
  private let patterns = PatternCache()
  private let redactor: SecretRedactor
  /// The values that are no secrets.
  private let publicVariables: Set<String>
  private let state = Locked(State())

  private struct State {
    var found: [String: String] = [:]
    /// The values of a former start, which a new one can replace.
    var former: Set<String> = []
  }

  /// The longest file in bytes.
  private static let maxFile = PatternCache.maxSubject

  /// - Returns: `nil` if the target launches no program, or one without values.
  init?(_ target: Target, redactor: SecretRedactor) {
    guard case .command(let launch) = target.launch, !launch.values.isEmpty else { return nil }
    wanted = launch.values
    folder = launch.folder
    publicVariables = target.publicVariables
    self.redactor = redactor
  }

  subscript(name: String) -> String? { state.withLock { $0.found[name] } }

  /// Takes new values from now on, until they are kept: the program starts again.
  func expectAgain() { state.withLock { $0.former = Set($0.found.keys) } }

  func keep() { state.withLock { $0.former = [] } }

  /// Looks for values in what the program prints.
  ///
  /// - Parameter lines: Whole lines.
  func read(_ lines: [UInt8]) {
    let open = open.filter { $0.source == .output }
    guard !open.isEmpty else { return }
    for line in lines.split(separator: UInt8(ascii: "\n")) {
      let text = String(decoding: line, as: UTF8.self)
      for value in open { take(text, value) }
    }
  }

  /// Looks for values in files, and says what is still missing.
  ///
  /// - Throws: `TargetError` if the name of a file cannot be resolved.
  func readFiles(_ templates: TemplateResolver) throws(TargetError) -> TargetError? {
    for value in open {
      guard case .file(let template) = value.source else { continue }
      let path = try path(template, templates)
      do throws(FileError) {
        take(String(decoding: try RegularFile.read(path, maxSize: LaunchValues.maxFile), as: UTF8.self), value)
      } catch {
        if self[value.name] == nil { return missingError(value, "\(error)") }
      }
    }
    return wanted.first { self[$0.name] == nil }.map { value in
      missingError(value, value.source == .output ? "the program has not printed it" : "the file does not have it")
    }
  }

  /// Those that are still looked for.
  private var open: [Target.LaunchValue] {
    let known = state.withLock { Set($0.found.keys).subtracting($0.former) }
    return wanted.filter { !known.contains($0.name) }
  }

  private func path(_ template: Template, _ templates: TemplateResolver) throws(TargetError) -> String {
    do throws(UnresolvedReference) {
      let path = try templates.resolve(template).plainText
      return path.hasPrefix("/") ? path : "\(folder)/\(path)"
    } catch {
      throw TargetError("the launched target is not used: \(error)")
    }
  }

  private func missingError(_ value: Target.LaunchValue, _ reason: String) -> TargetError {
    TargetError(
      "the launched target has not made the value '\(value.name)' (\(value.place.file):\(value.place.line)): \(reason)")
  }

  /// Keeps a value, and masks it from now on.
  private func take(_ text: String, _ value: Target.LaunchValue) {
    let matches = value.pattern.map { (try? patterns.matches($0, in: text)) ?? [] } ?? [text.trimmingLineBreaks]
    guard let match = matches.first, !match.isEmpty else { return }
    if !publicVariables.contains("launch.\(value.name)") { redactor.register(match, as: CaseScope.label(value.name)) }
    state.withLock { state in
      if state.former.contains(value.name) || state.found[value.name] == nil { state.found[value.name] = match }
    }
  }
}

extension String {
  fileprivate var trimmingLineBreaks: String {
    let end = utf8.lastIndex { $0 != 0x0A && $0 != 0x0D }
    return end.map { String(decoding: utf8[...$0], as: UTF8.self) } ?? ""
  }
}
