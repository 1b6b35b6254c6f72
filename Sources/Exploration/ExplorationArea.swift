// Parts of the behaviour to which an exploration can be limited.

/// An area of the sequences: what they consist of, beside what they need for it.
public enum ExplorationArea: String, Sendable, Hashable, CaseIterable {
  /// Token requests, introspection, revocation and metadata.
  case token
  /// Posts and inboxes.
  case payload
  /// The authentication tab.
  case clients
  /// Time.
  case expiry
}

extension SequenceGenerator {
  /// A kind of operation in the body of a sequence, and how often it is chosen.
  struct Part: Sendable {
    let kind: ModelAction.Kind
    let weight: Int
    let areas: Set<ExplorationArea>

    static let all: [Part] = [
      Part(kind: .token, weight: 32, areas: [.token]), Part(kind: .post, weight: 30, areas: [.payload]),
      Part(kind: .manage, weight: 8, areas: [.clients]), Part(kind: .create, weight: 5, areas: [.clients]),
      Part(kind: .tokenState, weight: 6, areas: [.token, .expiry]), Part(kind: .list, weight: 3, areas: [.clients]),
      Part(kind: .inbox, weight: 3, areas: [.payload]), Part(kind: .metadata, weight: 2, areas: [.token]),
      Part(kind: .wait, weight: 11, areas: [.expiry]),
    ]
  }
}
