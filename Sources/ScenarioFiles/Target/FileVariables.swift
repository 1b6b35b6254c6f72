// Environment variables in the parts of a target file that decide how it is read, such as the paths of files.

import ConformanceModel
import Glibc
import JSONValue

/// Puts the values of environment variables into texts that have to be known when a file is loaded.
final class FileVariables {
  private let value: (String) -> String?
  private let scope: Scope
  private var secrets: [(value: String, reference: String)] = []

  /// - Parameter value: That of an environment variable; `nil` if it is not set.
  init(_ scope: Scope, value: @escaping (String) -> String?) {
    self.scope = scope
    self.value = value
  }

  static func ofProcess(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  /// The text with its values; `nil` after an error.
  func expand(_ text: String, of what: String, at reader: YAMLReader) -> String? {
    let template: Template
    do throws(TemplateError) { template = try Template(parsing: text) } catch {
      reader.diagnostic("\(error.message); write '$${' for a literal '${'")
      return nil
    }
    for reference in template.references {
      guard reference.name == "env" else {
        reader.diagnostic(
          "\(what) is needed when the file is read: of ${…}, it can only contain ${env.NAME}, not \(reference)")
        return nil
      }
      scope.check(reference, at: reader)
    }
    do throws(UnresolvedReference) {
      return try template.resolved { reference throws(UnresolvedReference) in
        let name = reference.path.dropFirst().joined(separator: ".")
        guard let value = self.value(name) else {
          throw UnresolvedReference(
            reference: reference.description, reason: "the environment variable \(name) is not set")
        }
        if ConfidentialName.matches(name) { secrets.append((value.droppingLineBreak, reference.description)) }
        return .string(value.droppingLineBreak)
      }.plainText
    } catch {
      reader.diagnostic("\(error.reason), and \(what) is needed when the file is read")
      return nil
    }
  }

  /// A message without the values of variables whose names speak of a secret.
  func hidingSecrets(_ message: String) -> String {
    secrets.reduce(message) { $1.value.isEmpty ? $0 : $0.replacing($1.value, with: $1.reference) }
  }

  /// The text with its values, as far as they are known.
  func expand(_ text: String) -> String {
    guard let template = try? Template(parsing: text), !template.references.isEmpty else { return text }
    let expanded = try? template.resolved { reference throws(UnresolvedReference) in
      guard reference.path.count == 2, reference.name == "env", let value = self.value(reference.path[1]) else {
        throw UnresolvedReference(reference: reference.description, reason: "unknown")
      }
      return .string(value.droppingLineBreak)
    }
    return expanded?.plainText ?? text
  }
}
