// The names and secrets of one case.

import ConformanceModel
import JSONValue
import Redaction

/// The values that the steps of a case saved, and the built-in names.
struct CaseScope {
  /// What copies share until one of them changes it: each response is evaluated with a copy of the scope.
  ///
  /// `@unchecked Sendable` is sound: it is changed only by its one holder.
  private final class Values: @unchecked Sendable {
    var names: [String: JSON] = [:]
    /// The names that steps did not save, of which only something recommended failed.
    var excusedNames: Set<String> = []
    var savedNames: Set<String> = []
    var confidential: [String: [String]] = [:]
    var encodings: [String] = []
    /// Values that look like secrets: they are masked, but it is not a leak if a response shows them.
    var masked: [String] = []
    var authentications: [String: ClientAuthentication] = [:]
    var now: (@Sendable () -> SimulatedInstant)?

    init() {}

    init(copying other: Values) {
      names = other.names
      excusedNames = other.excusedNames
      savedNames = other.savedNames
      confidential = other.confidential
      encodings = other.encodings
      masked = other.masked
      authentications = other.authentications
      now = other.now
    }
  }

  private var values = Values()
  let session: TargetSession
  /// Identifies the case, with all of its branches, to the redactor.
  private let holder: Int
  /// How many clients of the case got a key.
  var keysTaken = 0

  init(session: TargetSession) {
    self.session = session
    holder = session.redactor.newHolder()
  }

  /// The values, for a change.
  private mutating func own() -> Values {
    if !isKnownUniquelyReferenced(&values) { values = Values(copying: values) }
    return values
  }

  var names: [String: JSON] { values.names }
  /// The names that were saved since the scope, or this branch of it, was made.
  var savedNames: Set<String> { values.savedNames }
  /// The secrets of the case by the label that replaces them in reports.
  var confidential: [String: [String]] { values.confidential }

  /// How the scenario authenticates each client at the token endpoint, if it says so.
  var authentications: [String: ClientAuthentication] {
    get { values.authentications }
    set { own().authentications = newValue }
  }

  /// The time of the target's clock, for `${now}`.
  var now: (@Sendable () -> SimulatedInstant)? {
    get { values.now }
    set { own().now = newValue }
  }

  mutating func save(_ name: String, _ value: JSON) {
    let values = own()
    values.names[name] = value
    values.savedNames.insert(name)
  }

  /// Whether a value is missing because the service does not do what is only recommended.
  func excuses(_ unresolved: UnresolvedReference) -> Bool {
    unresolved.isUnsaved && unresolved.name.map(values.excusedNames.contains) == true
  }

  /// Notes that a step saved nothing under a name, and need not have.
  mutating func excuse(_ name: String) { own().excusedNames.insert(name) }

  /// Binds the names that the case has before its first step, in place of those that it has.
  mutating func bind(_ bound: [String: JSON]) { own().names = bound }

  /// The value of `${index}`: the number of the repetition or branch, counted from 1.
  var index: JSON? {
    get { names["index"] }
    set { own().names["index"] = newValue }
  }

  /// The scope of a branch: it has the same names, and no secrets of its own yet.
  func branch() -> CaseScope {
    var branch = self
    let values = branch.own()
    values.savedNames = []
    values.confidential = [:]
    values.encodings = []
    return branch
  }

  /// Keeps a secret out of every report from now on.
  mutating func registerSecret(_ secret: String, as label: String) {
    session.redactor.register(secret, as: label, for: holder)
    own().confidential[label, default: []].append(secret)
  }

  /// Masks a value that looks like a secret by its place or its form.
  mutating func mask(_ value: String, as label: String) {
    session.redactor.register(value, as: label, for: holder, isLeak: false)
    own().masked.append(value)
  }

  /// Keeps an encoding of a secret, such as Basic credentials, out of every report.
  mutating func registerEncoding(_ encoding: String, as label: String) {
    session.redactor.register(encoding, as: label, for: holder)
    own().encodings.append(encoding)
  }

  /// Takes over the secrets of a branch.
  mutating func adoptSecrets(of branch: CaseScope) {
    let values = own()
    values.confidential.merge(branch.confidential) { $0 + $1 }
    values.encodings += branch.values.encodings
    values.masked += branch.values.masked
  }

  /// Releases the secrets of the case in the redactor.
  func release() {
    for secret in Array(values.confidential.values.joined()) + values.masked {
      session.redactor.retire(secret, by: holder)
    }
    for encoded in values.encodings { session.redactor.remove(encoded: encoded, by: holder) }
  }

  func look(up reference: Reference) throws(UnresolvedReference) -> JSON {
    if reference.name == "behaviour", reference.path.count == 2, let behaviour = Behaviour(rawValue: reference.path[1])
    {
      return session.value(of: behaviour)
    }
    // every case has the value that those of other names are made of
    if reference.name == "uuid" { return .string(GeneratedValues.uuid(reference, names)) }
    do throws(UnresolvedReference) { return try TemplateResolver.value(of: reference, in: names) } catch {
      // seldom used, so that nothing else pays for it
      if reference.path == ["now"], let now { return .string(now().description) }
      throw error
    }
  }

  /// Resolves a template of the scenario. A text that filters derive from a secret is registered as a secret, too.
  func fill(_ template: Template) throws(UnresolvedReference) -> JSON {
    if case .literal(let json) = template { return json }
    return try template.resolved(
      { reference throws(UnresolvedReference) in try look(up: reference) }, derived: register)
  }

  /// Resolves the template of a URL.
  func fillURL(_ template: Template) throws(UnresolvedReference) -> String {
    try template.resolvedURL({ reference throws(UnresolvedReference) in try look(up: reference) }, derived: register)
  }

  /// Evaluates values. What the filters of a matcher derive from a secret is registered, too.
  func matching(_ patterns: PatternCache) -> Matching {
    Matching(
      patterns: patterns, lookup: { reference throws(UnresolvedReference) in try look(up: reference) },
      derived: register)
  }

  /// Registers a text that filters derive from a secret.
  private func register(_ reference: Reference, _ result: String) {
    guard reference.path.count == 2, ["secret", "value"].contains(reference.path[1]), result.utf8.count >= 8,
      result.utf8.count < 4096
    else { return }
    // a part of a secret is masked; whether to show it is a leak is decided by what it shows of the whole
    let whole = try? TemplateResolver.value(of: Reference(path: reference.path), in: names).plainText
    session.redactor.register(
      result, as: CaseScope.label(CaseScope.words(of: reference)), isLeak: whole?.utf8Contains(result) != true)
  }

  /// `ERP_SECRET` for `erp-secret`.
  static func label(_ text: String) -> String {
    let bytes = text.uppercased().utf8.map { byte -> UInt8 in
      switch byte {
      case 0x30...0x39, 0x41...0x5A: byte
      default: UInt8(ascii: "_")
      }
    }
    let name = String(decoding: bytes, as: UTF8.self)
    return bytes.first.map { $0 > 0x39 } == true ? name : "_" + name
  }
}
