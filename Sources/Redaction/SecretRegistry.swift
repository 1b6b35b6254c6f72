// Which secrets are registered, and who holds them.

import JSONValue

/// A secret under one label.
///
/// `@unchecked Sendable` is sound: only the tables use `held`, under their lock.
final class RegisteredSecret: @unchecked Sendable {
  let text: String
  /// The name that replaces it, without `$`.
  let label: String
  /// Whether a response that shows it leaks it.
  let isLeak: Bool
  /// The secret in the tables, from when they learn of it.
  var held: HeldSecret?

  init(_ text: String, label: String, isLeak: Bool) {
    self.text = text
    self.label = label
    self.isLeak = isLeak
  }
}

/// What has to be done to the tables.
enum SecretChange {
  case insert(RegisteredSecret)
  /// The second takes the place of the first, which has another label.
  case relabel(RegisteredSecret, RegisteredSecret)
  /// Removes an encoding of a secret.
  case remove(RegisteredSecret)
  /// Keeps of a secret only what masks it.
  case retire(RegisteredSecret)
}

/// The registered secrets by their text. To register one takes no longer than to look it up: its encodings are made
/// when a text is searched for it, in the tables, which learn of each change in the order in which it was made.
struct SecretRegistry {
  private struct Registration {
    var secret: RegisteredSecret
    /// Few: nearly always one.
    var holders: [Int]

    mutating func hold(by holder: Int) {
      if !holders.contains(holder) { holders.append(holder) }
    }
  }

  private var registered: [RegisteredText: Registration] = [:]
  private var lastHolder = SecretRedactor.run
  /// What the tables do not know yet.
  private(set) var changes: [SecretChange] = []
  static let maxChanges = 1024

  mutating func newHolder() -> Int {
    lastHolder += 1
    return lastHolder
  }

  func knows(_ secret: String) -> Bool { registered[RegisteredText(text: secret)] != nil }

  /// Adds a secret, or a holder and a label to one that is registered.
  mutating func register(_ text: String, as label: String, for holder: Int, isLeak: Bool) {
    let key = RegisteredText(text: text)
    guard let place = registered.index(forKey: key) else {
      let secret = RegisteredSecret(text, label: label, isLeak: isLeak)
      registered[key] = Registration(secret: secret, holders: [holder])
      changes.append(.insert(secret))
      return
    }
    registered.values[place].hold(by: holder)
    let known = registered.values[place].secret
    guard known.label != label || !known.isLeak && isLeak else { return }
    let secret = RegisteredSecret(text, label: label, isLeak: isLeak || known.isLeak)
    registered.values[place].secret = secret
    changes.append(.relabel(known, secret))
  }

  mutating func remove(encoded: String, by holder: Int) {
    if let secret = release(encoded, by: holder) { changes.append(.remove(secret)) }
  }

  mutating func retire(_ secret: String, by holder: Int) {
    if let secret = release(secret, by: holder) { changes.append(.retire(secret)) }
  }

  mutating func takeChanges() -> [SecretChange] {
    guard !changes.isEmpty else { return [] }
    defer { changes = [] }
    return changes
  }

  /// - Returns: The secret, if nothing holds it any more. It is no longer registered then.
  private mutating func release(_ secret: String, by holder: Int) -> RegisteredSecret? {
    guard let known = registered.index(forKey: RegisteredText(text: secret)) else { return nil }
    registered.values[known].holders.removeAll { $0 == holder }
    guard registered.values[known].holders.isEmpty else { return nil }
    return registered.remove(at: known).value.secret
  }
}

/// A secret as it is registered: two that only look the same have other bytes.
private struct RegisteredText: Hashable {
  let text: String

  static func == (one: RegisteredText, other: RegisteredText) -> Bool { one.text.isSame(as: other.text) }
}
