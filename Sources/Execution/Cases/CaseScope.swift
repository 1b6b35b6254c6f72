// The names of one case while it is played.

import ConformanceModel
import JSONValue
import Redaction

/// What the steps of a case saved, and what stands for something by itself.
struct CaseScope {
  private(set) var names: [String: JSON] = [:]
  /// Names whose values, or a part of them, are confidential.
  private(set) var confidential: [String: [String]] = [:]
  private var encodings: [String] = []
  let session: TargetSession
  /// Who holds the secrets of this case, in all of its branches.
  private let holder: Int

  init(session: TargetSession) {
    self.session = session
    holder = session.redactor.newHolder()
  }

  mutating func save(_ name: String, _ value: JSON) { names[name] = value }

  /// Keeps a secret out of the log from now on.
  mutating func conceal(_ secret: String, as label: String) {
    session.redactor.register(secret, as: label, for: holder)
    confidential[label, default: []].append(secret)
  }

  /// Keeps an encoding of a secret out of the log, as Basic credentials are one.
  mutating func conceal(encoded: String, as label: String) {
    session.redactor.register(encoded, as: label, for: holder)
    encodings.append(encoded)
  }

  /// Takes over the secrets of a branch.
  mutating func adopt(_ others: CaseScope) {
    confidential.merge(others.confidential) { $0 + $1 }
    encodings += others.encodings
  }

  /// Lets go of what was kept out of the log for this case.
  func retire() {
    for secret in confidential.values.joined() { session.redactor.retire(secret, by: holder) }
    for encoded in encodings { session.redactor.forget(encoded: encoded, by: holder) }
  }

  func look(up reference: Reference) throws(UnresolvedReference) -> JSON {
    if reference.name == "behaviour", reference.path.count == 2, let behaviour = Behaviour(rawValue: reference.path[1])
    {
      return session.target.value(of: behaviour)
    }
    return try TargetSession.look(up: reference, in: names)
  }

  /// Fills a template of the scenario in. A text that filters made of a secret is kept out of the log as well.
  func fill(_ template: Template) throws(UnresolvedReference) -> JSON {
    if case .literal(let json) = template { return json }
    return try template.resolved({ reference throws(UnresolvedReference) in try look(up: reference) }) {
      reference, result in
      guard reference.path.count == 2, ["secret", "value"].contains(reference.path[1]), result.utf8.count >= 8,
        result.utf8.count < 4096
      else { return }
      let label = ([reference.name] + reference.filters.map(\.description)).joined(separator: "_")
      session.redactor.register(result, as: CaseScope.label(label))
    }
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
