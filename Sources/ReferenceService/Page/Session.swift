// What the page remembers of one who is signed in.

import ConformanceModel

struct Session: Sendable {
  /// So many sets are remembered.
  static let maxSets = 100

  /// What becomes of a set that a form asked for.
  private enum Outcome {
    /// The secret waits to be shown, which happens once.
    case waiting(ClientSet)
    case shown
  }

  /// Whether it began with the manager's key.
  let knowsKey: Bool
  /// Stands in every form of the session, so that nobody else's page can send one.
  let formToken = Secrets.make()
  /// What the next view of the tab says first, once.
  var notice: Notice?
  /// By the number of the form.
  private var outcomes: [String: Outcome] = [:]
  private var order: [String] = []

  init(knowsKey: Bool) { self.knowsKey = knowsKey }

  /// Makes a set for a form, once: the same form sent again makes no other.
  mutating func make(for form: String, _ make: () -> ClientSet) {
    guard outcomes[form] == nil else { return }
    outcomes[form] = .waiting(make())
    order.append(form)
    if order.count > Session.maxSets { outcomes[order.removeFirst()] = nil }
  }

  /// The set that a form made, if it belongs to this connector. It is forgotten where it `isShown` herewith.
  mutating func take(_ form: String, of connector: String, isShown: Bool) -> ClientSet? {
    guard case .waiting(let set)? = outcomes[form], set.client.connector == connector else { return nil }
    if isShown { outcomes[form] = .shown }
    return set
  }

  /// Whether a form made a set at all.
  func knows(_ form: String) -> Bool { outcomes[form] != nil }
}

/// Something that was done.
struct Notice: Sendable {
  /// The name of the client that was deleted.
  let deleted: String
}
