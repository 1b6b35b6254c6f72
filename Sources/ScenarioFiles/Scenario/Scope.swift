// The variables that are in scope at a place in a file.

import ConformanceModel

/// The kind of value that a variable holds, known before anything is sent.
enum NameKind: String {
  case client, token, payload, value

  /// The members that a reference can name, or `nil` if they are not known when the file is loaded.
  var members: [String]? {
    switch self {
    case .client: ["id", "secret", "name", "basic"]
    case .token: ["value", "type", "expires-in", "issued-at", "expires-at"]
    case .payload: ["text", "size", "media-type", "posted-at", "receipt"]
    case .value: nil
    }
  }
}

/// The variables in scope while the steps of a file are read, in the order in which they run.
///
/// A class, since all loaders of one file share it; it never leaves the task that loads the file.
final class Scope {
  private(set) var names: [String: NameKind] = [:]
  private let builtIn: [String]
  /// The members of built-in variables, if they are known.
  private let builtInMembers: [String: [String]]
  /// The environment variables that the file uses, with the place of the first use.
  private(set) var environment: [String: Place] = [:]
  /// The values of connectors that the file uses, each with the reader of its first use.
  private(set) var connectorValues: [String: YAMLReader] = [:]

  /// Where a target file uses what a launched program makes.
  private(set) var launchValueUses: [(path: [String], reader: YAMLReader)] = []
  /// Where a target file uses a further port of a launched program.
  private(set) var portUses: [(path: [String], reader: YAMLReader)] = []
  /// Where a target file uses what a login locates, with the part whose request it is.
  private var loginUses: [LoginUse] = []
  typealias LoginUse = (path: [String], reader: YAMLReader, part: Target.LoginPart?)
  /// The part of a target file that is being read, if a login can precede its requests.
  var loginPart: Target.LoginPart?
  /// Where a target file uses the public keys of clients.
  private(set) var publicKeyUses: [(part: String, reader: YAMLReader)] = []

  init(builtIn: [String], members: [String: [String]] = [:]) {
    self.builtIn = builtIn
    builtInMembers = members
  }

  /// The uses of values of a login since this was asked last.
  func takeLoginUses() -> [LoginUse] {
    defer { loginUses = [] }
    return loginUses
  }

  /// The variables that were saved since the start, or since the start of the branch.
  private var saved: [String: NameKind] = [:]
  /// Variables that other branches save, which run at the same time.
  private var concurrent: Set<String> = []

  /// All that was saved, in the order of the steps.
  private var log: [String] = []

  func save(_ name: String, as kind: NameKind) {
    names[name] = kind
    saved[name] = kind
    log.append(name)
  }

  /// How many variables were saved.
  var saves: Int { log.count }

  /// Whether a variable was saved after so many.
  func saved(_ name: String, since count: Int) -> Bool { log[count...].contains(name) }

  /// Reads steps that can use the variable `index`.
  func withIndex<Result>(_ body: () -> Result) -> Result {
    names["index"] = .value
    defer { names["index"] = nil }
    return body()
  }

  /// Reads branches that run at the same time: none can use a variable that only another one saves.
  ///
  /// - Returns: The result of each branch, with the variables that it saves.
  func branches<Item, Branch>(
    _ items: [Item], _ body: (Item) -> Branch
  ) -> [(branch: Branch, saved: [String: NameKind])] {
    let (before, savedBefore, concurrentBefore) = (names, saved, concurrent)
    let branches = items.map { item in
      (names, saved) = (before, [:])
      let branch = body(item)
      concurrent.formUnion(saved.keys)
      return (branch, saved)
    }
    (names, saved, concurrent) = (before, savedBefore, concurrentBefore)
    return branches
  }

  private func isConcurrent(_ name: String) -> Bool { names[name] == nil && concurrent.contains(name) }

  /// Reports an error if the variable is unknown or of another kind.
  ///
  /// - Returns: Its name in the scenario.
  @discardableResult
  func check(_ name: String, is kind: NameKind, at reader: YAMLReader) -> String {
    let fragment = reader.file.fragment
    let real = Scope.real(name, in: fragment)
    guard let known = names[real] else {
      if isConcurrent(real) {
        reader.diagnostic(Scope.concurrentMessage(name))
        return real
      }
      let candidates = visible(in: fragment).filter { names[Scope.real($0, in: fragment)] == kind }.sorted()
      let hint =
        candidates.isEmpty
        ? "; no earlier step saves a \(kind.rawValue)" : Suggestion.text(for: name, among: candidates)
      reader.diagnostic("unknown \(kind.rawValue) '\(name.prefix(60))'\(hint)")
      return real
    }
    if known != kind { reader.diagnostic("'\(name)' is a \(known.rawValue), not a \(kind.rawValue)") }
    return real
  }

  /// The name in the scenario of one that a file has.
  private static func real(_ name: String, in fragment: Fragment?) -> String {
    guard let fragment, name != "index" else { return name }
    return fragment.names.name(name)
  }

  /// The names that a file can use.
  private func visible(in fragment: Fragment?) -> [String] {
    guard let fragment else { return names.keys.filter { !$0.contains(".") } }
    return names.keys.compactMap { fragment.names.ownName($0) }
  }

  private static func concurrentMessage(_ name: String) -> String {
    "'\(name.prefix(60))' is saved by another branch of concurrently, which runs at the same time; use it after them"
  }

  private func recordVariable(_ reference: Reference, at reader: YAMLReader) {
    guard reference.path.count == 2 else { return reader.diagnostic("write an environment variable as ${env.NAME}") }
    environment[reference.path[1]] = environment[reference.path[1]] ?? reader.place
  }

  /// Reports an error if a reference names an unknown variable or member.
  func check(_ reference: Reference, at reader: YAMLReader) { _ = check(reference, in: nil, at: reader) }

  /// - Parameter fragment: The fragment whose names the reference has; `nil` for those of the scenario.
  /// - Returns: The reference as the scenario has it.
  func check(_ reference: Reference, in fragment: Fragment?, at reader: YAMLReader) -> Reference {
    var renamed = reference
    if !builtIn.contains(reference.name) { renamed.path[0] = Scope.real(reference.name, in: fragment) }
    check(reference, as: renamed.name, in: fragment, at: reader)
    return renamed
  }

  private func check(_ reference: Reference, as real: String, in fragment: Fragment?, at reader: YAMLReader) {
    if builtIn.contains(reference.name) {
      if reference.name == "behaviour" { checkBehaviour(reference, at: reader) }
      if let most = Scope.parts[reference.name], reference.path.count > most {
        reader.diagnostic(
          most == 1 ? "'now' has no members" : "write a UUID as ${uuid}, or as ${uuid.NAME} if a case needs several")
      }
      if reference.name == "env" { recordVariable(reference, at: reader) }
      if reference.name == "launch" { launchValueUses.append((reference.path, reader)) }
      if reference.name == "port", reference.path.count > 1 { portUses.append((reference.path, reader)) }
      if reference.name == "login" { loginUses.append((reference.path, reader, loginPart)) }
      if reference.name == "client", let part = reference.path.last, Target.Key.publicForms.contains(part) {
        publicKeyUses.append((part, reader))
      }
      if reference.name == "connector", reference.path.count == 2, connectorValues[reference.path[1]] == nil {
        connectorValues[reference.path[1]] = reader
      }
      if let members = builtInMembers[reference.name], reference.path.count != 2 || !members.contains(reference.path[1])
      {
        let parts = members.map { "${\(reference.name).\($0)}" }.joined(separator: ", ")
        reader.diagnostic(
          "unknown variable '\(reference.path.joined(separator: ".").prefix(60))'; expected one of: \(parts)")
      }
      return
    }
    guard let kind = names[real] else {
      if isConcurrent(real) { return reader.diagnostic(Scope.concurrentMessage(reference.name)) }
      let parameters = fragment.map { Array($0.arguments.keys) } ?? []
      let known = (visible(in: fragment) + parameters).sorted() + builtIn
      return reader.diagnostic(
        "unknown variable '\(reference.name.prefix(60))'\(Suggestion.text(for: reference.name, among: known))")
    }
    guard let members = kind.members else { return }
    guard reference.path.count > 1 else {
      let parts = members.map { "${\(reference.name).\($0)}" }.joined(separator: ", ")
      return reader.diagnostic("'\(reference.name)' is a \(kind.rawValue); write one of its members: \(parts)")
    }
    if reference.path.count > 2 || !members.contains(reference.path[1]) {
      let member = reference.path.dropFirst().joined(separator: ".")
      reader.diagnostic(
        "unknown member '\(member.prefix(60))' of a \(kind.rawValue)"
          + Suggestion.text(for: reference.path[1], among: members))
    }
  }

  /// How many parts references to generated values can have.
  private static let parts = ["now": 1, "uuid": 2]

  private func checkBehaviour(_ reference: Reference, at reader: YAMLReader) {
    guard reference.path.count == 2, Behaviour(rawValue: reference.path[1]) != nil else {
      let word = reference.path.dropFirst().joined(separator: ".")
      return reader.diagnostic(
        "unknown behaviour '\(word.prefix(60))'\(Suggestion.text(for: word, among: Behaviour.allCases.map(\.rawValue)))"
      )
    }
  }
}
