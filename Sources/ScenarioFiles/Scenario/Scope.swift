// Which names stand for something at a place in a scenario.

import ConformanceModel

/// What a name stands for. The loader knows it before anything is sent.
enum NameKind: String {
  case client, token, payload, value

  /// The members that a reference can ask for, or `nil` where they are not known beforehand.
  var members: [String]? {
    switch self {
    case .client: ["id", "secret", "name", "basic"]
    case .token: ["value", "type", "expires-in", "issued-at", "expires-at"]
    case .payload: ["text", "size"]
    case .value: nil
    }
  }
}

/// The names in scope while a file is read, in the order in which its steps are played.
///
/// A class, since all loaders of one file add to it and read from it; it never leaves the task that loads the file.
final class Scope {
  private(set) var names: [String: NameKind] = [:]
  private let builtIn: [String]
  /// The members of names that are built in, where these are known beforehand.
  private let builtInMembers: [String: [String]]
  /// The environment variables that are referred to, with the first place of each.
  private(set) var environment: [String: Place] = [:]

  init(builtIn: [String], members: [String: [String]] = [:]) {
    self.builtIn = builtIn
    builtInMembers = members
  }

  func save(_ name: String, as kind: NameKind) { names[name] = kind }
  func remove(_ name: String) { names[name] = nil }

  /// Notes a mistake where the name was not saved, or is of another kind.
  func check(_ name: String, is kind: NameKind, at cursor: YAMLReader) {
    guard let known = names[name] else {
      let candidates = names.filter { $0.value == kind }.map(\.key).sorted()
      let hint =
        candidates.isEmpty
        ? "; no step before this one saves a \(kind.rawValue)" : Suggestion.text(for: name, among: candidates)
      return cursor.diagnostic("no \(kind.rawValue) was saved as '\(name.prefix(60))'\(hint)")
    }
    if known != kind { cursor.diagnostic("'\(name)' is a \(known.rawValue), not a \(kind.rawValue)") }
  }

  private func noteVariable(_ reference: Reference, at cursor: YAMLReader) {
    guard reference.path.count == 2 else { return cursor.diagnostic("an environment variable is written ${env.NAME}") }
    environment[reference.path[1]] = environment[reference.path[1]] ?? cursor.place
  }

  /// Notes a mistake where a reference leads nowhere.
  func check(_ reference: Reference, at cursor: YAMLReader) {
    if builtIn.contains(reference.name) {
      if reference.name == "behaviour" { checkBehaviour(reference, at: cursor) }
      if reference.name == "env" { noteVariable(reference, at: cursor) }
      if let members = builtInMembers[reference.name], reference.path.count != 2 || !members.contains(reference.path[1])
      {
        let parts = members.map { "${\(reference.name).\($0)}" }.joined(separator: ", ")
        cursor.diagnostic(
          "'\(reference.path.joined(separator: ".").prefix(60))' stands for nothing here; there is: \(parts)")
      }
      return
    }
    guard let kind = names[reference.name] else {
      let known = (names.keys.sorted() + builtIn)
      return cursor.diagnostic(
        "'\(reference.name.prefix(60))' stands for nothing here\(Suggestion.text(for: reference.name, among: known))")
    }
    guard let members = kind.members else { return }
    guard reference.path.count > 1 else {
      return cursor.diagnostic(
        "'\(reference.name)' is a \(kind.rawValue); say which part: \(members.map { "${\(reference.name).\($0)}" }.joined(separator: ", "))"
      )
    }
    if reference.path.count > 2 || !members.contains(reference.path[1]) {
      cursor.diagnostic(
        "a \(kind.rawValue) has no '\(reference.path.dropFirst().joined(separator: "."))'\(Suggestion.text(for: reference.path[1], among: members))"
      )
    }
  }

  private func checkBehaviour(_ reference: Reference, at cursor: YAMLReader) {
    guard reference.path.count == 2, Behaviour(rawValue: reference.path[1]) != nil else {
      let word = reference.path.dropFirst().joined(separator: ".")
      return cursor.diagnostic(
        "'\(word.prefix(60))' is no behaviour\(Suggestion.text(for: word, among: Behaviour.allCases.map(\.rawValue)))")
    }
  }
}
