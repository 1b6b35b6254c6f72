// The state of a session at the page.

import ConformanceModel

struct Session: Sendable {
  /// How many new clients a session keeps.
  static let maxClients = 100

  /// The state of the client that a form created.
  private enum Outcome {
    /// Its secret has not been shown yet.
    case waiting(NewClient)
    case shown
  }

  /// Whether it began with the manager key.
  let hasKey: Bool
  /// A part of all forms of the session, so that pages of other sites cannot send them.
  let formToken = Secrets.make()
  /// Shown once, by the next view of the tab.
  var notice: Notice?
  /// By the id of the form.
  private var outcomes: [String: Outcome] = [:]
  private var order: [String] = []

  init(hasKey: Bool) { self.hasKey = hasKey }

  /// Creates a client for a form, once: the same form sent again creates nothing.
  mutating func create(for form: String, _ create: () -> NewClient) {
    guard outcomes[form] == nil else { return }
    outcomes[form] = .waiting(create())
    order.append(form)
    if order.count > Session.maxClients { outcomes[order.removeFirst()] = nil }
  }

  /// The client that a form created, if it belongs to the connector and was not shown before. `isShown` removes it.
  mutating func take(_ form: String, of connector: String, isShown: Bool) -> NewClient? {
    guard case .waiting(let new)? = outcomes[form], new.client.connector == connector else { return nil }
    if isShown { outcomes[form] = .shown }
    return new
  }

  /// Whether a form created a client.
  func knows(_ form: String) -> Bool { outcomes[form] != nil }
}

/// A completed action.
struct Notice: Sendable {
  /// The name of the client that was deleted.
  let deleted: String
}
