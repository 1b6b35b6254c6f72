// What the names of members and header fields say about their values, computed once for each name.

import ConformanceModel

/// Classes of names. Responses repeat few names, and to split one into words takes longer than to look it up.
struct NameClasses: Sendable {
  /// What a name says.
  struct NameClass: Sendable {
    /// Its value is a credential, such as that of `access_token`.
    var isConfidential: Bool
    /// Its value is one if it looks random, such as that of `X-Auth-Token`.
    var suggestsSecret: Bool
  }

  /// Without separators, in lower case.
  private let confidential: Set<String>
  /// In the same form.
  private let ids: Set<String>
  /// The lock protects the classes: several threads search responses.
  private let known = Locked<[String: NameClass]>([:])

  /// A target that makes up a name for each value must not fill the memory.
  private static let maxKnown = 1024

  /// - Parameter ids: Names whose values are ids, whatever they suggest.
  init(confidential: Set<String>, ids: Set<String> = []) {
    self.confidential = confidential
    self.ids = ids
  }

  subscript(name: String) -> NameClass {
    if let known = known.withLock({ $0[name] }) { return known }
    let plain = SecretFinder.plain(name)
    let found = NameClass(
      isConfidential: confidential.contains(plain),
      suggestsSecret: !ids.contains(plain) && SecretName.suggestsSecret(name))
    known.withLock { if $0.count < NameClasses.maxKnown { $0[name] = found } }
    return found
  }
}
