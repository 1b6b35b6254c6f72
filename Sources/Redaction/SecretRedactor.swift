// Keeps secrets out of everything that a run writes: each line of the run log passes here once.

import ConformanceModel

/// Replaces secrets, in their usual encodings, by a name such as `$ERP_SECRET`.
///
/// A secret is found by its first eight bytes: one pass over the text, however many secrets there are. What a secret
/// costs in memory:
/// - while it is held (by the run, or by a case that is not over): its encodings, about fifteen times its length, of at
///   most the first 4,096 bytes, and about 1 KiB;
/// - after its last case, to the end of the run: eight bytes of each encoding and of three hashes, about 100 bytes in all,
///   and 100 more if it has characters that tokens do not have. It is then replaced by `***`.
///
/// Several threads register and redact. To register a secret never waits for a search: what is registered reaches the
/// tables before the next one.
public final class SecretRedactor: Sendable {
  let registry = Locked(SecretRegistry())
  /// Locked for whole searches. The lock of the registry is taken inside, never the other way round.
  private let tables = Locked(SecretTables())

  public init() {}

  /// Owner id of secrets that stay registered for the whole run.
  public static let run = 0

  /// A holder that is not the run: a case.
  package func newHolder() -> Int { registry.withLock { $0.newHolder() } }

  /// Registers a secret. Shorter secrets than four bytes would mask ordinary text and are ignored.
  ///
  /// - Parameters:
  ///   - label: The name that replaces it, without `$`: `ERP_SECRET`. The last label of a secret is used.
  ///   - holder: What `retire` or `remove` names later; the run never does.
  ///   - isLeak: Whether it is a leak if a response shows it. A value that only looks like a secret is masked, no more.
  public func register(
    _ secret: String, as label: String, for holder: Int = SecretRedactor.run, isLeak: Bool = true
  ) {
    guard secret.utf8.count >= 4 else { return }
    change { $0.register(secret, as: label, for: holder, isLeak: isLeak) }
  }

  /// Whether the secret is registered and held, with any label.
  package func knows(_ secret: String) -> Bool { registry.withLock { $0.knows(secret) } }

  /// Removes a text that was registered as an encoding of a secret, if nothing else holds it: the secret inside it is
  /// still masked.
  package func remove(encoded: String, by holder: Int) {
    change { $0.remove(encoded: encoded, by: holder) }
  }

  /// The label of a secret whose cases are over.
  package static let labelOfRetired = "a secret of a case that is over"

  /// Compacts a secret if nothing else holds it: the case that used it is over. It is still masked, in all encodings. A
  /// response leaks it if it has the whole of it: plain, in hexadecimal of lower case, or at the start of Base64.
  public func retire(_ secret: String, by holder: Int = SecretRedactor.run) {
    guard secret.utf8.count >= 8 else { return }
    change { $0.retire(secret, by: holder) }
  }

  /// Forgets all secrets, when nothing follows that may show one. Their tables take most of the memory of a large run.
  public func end() {
    tables.withLock { tables in
      registry.withLock { $0 = SecretRegistry() }
      tables = SecretTables()
    }
  }

  /// The tables take over what waits, before it becomes much: nothing may ever be searched.
  private func change(_ body: (inout SecretRegistry) -> Void) {
    let isMuch = registry.withLock { registry in
      body(&registry)
      return registry.changes.count >= SecretRegistry.maxChanges
    }
    if isMuch { withTables { _ in } }
  }

  /// Runs `body` with the tables in their current state.
  private func withTables<Result>(_ body: (SecretTables) -> Result) -> Result {
    tables.withLock { tables in
      for change in registry.withLock({ $0.takeChanges() }) { tables.apply(change) }
      return body(tables)
    }
  }

  /// The text with every secret replaced.
  ///
  /// - Parameter isJSON: The text is JSON and stays JSON: only parts of its strings are replaced.
  public func redact(_ text: [UInt8], isJSON: Bool = false) -> [UInt8] {
    withTables { SecretSearch(tables: $0, isJSON: isJSON).redact(text) }
  }

  public func redact(_ text: String) -> String { String(decoding: redact(Array(text.utf8)), as: UTF8.self) }

  /// Whether the secret was released by its last case and no response may show it.
  package func isRetired(_ secret: String) -> Bool {
    let bytes = Array(secret.utf8)
    guard bytes.count >= 8 else { return false }
    return withTables { tables in
      bytes.withUnsafeBytes { tables.retired.isShown(SecretTables.key(bytes, at: 0), in: $0, at: 0) }
    }
  }

  /// The first secret that a text shows, whole or, if it is held, in part: at least twelve bytes and a third of it.
  ///
  /// Shorter parts can be there by chance: secrets of one service often begin alike. Of a JSON Web Token the signature
  /// counts: its header and claims are like those of other tokens.
  package func leak(in text: [UInt8]) -> (offset: Int, label: String)? {
    withTables { SecretSearch(tables: $0, isJSON: false).leak(in: text) }
  }

  /// How many bytes of a text can belong to one secret, with all of its characters escaped.
  package var maxEscapedLength: Int { withTables { $0.maxLength } * EscapeDecoder.maxEscape }

  /// How many keys are kept of secrets whose cases are over: eight bytes of content each.
  package var retiredKeys: Int { withTables { $0.retired.keys.count } }
}
