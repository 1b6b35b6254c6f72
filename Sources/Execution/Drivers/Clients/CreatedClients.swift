// Clients that a run has made and not deleted yet.

import ConformanceModel
import HTTPTransport
import JSONValue

/// What has to be tidied away at a target that is not thrown away after the run. The lock protects the table.
final class CreatedClients: Sendable {
  private struct Entry {
    var client: JSON
    var role: ConnectorRole
    /// The case that made it.
    var number: Int
  }

  private let entries = Locked<[String: Entry]>([:])
  private let isWanted: Bool

  /// - Parameter isWanted: Whether anything is kept at all.
  init(isWanted: Bool) { self.isWanted = isWanted }

  /// - Returns: Whether it is kept.
  func add(_ client: JSON, number: Int) -> Bool {
    guard isWanted, let id = client["id"]?.string, let role = client["connector"]?.string.flatMap(ConnectorRole.init)
    else { return false }
    entries.withLock { $0[id] = Entry(client: client, role: role, number: number) }
    return true
  }

  /// - Returns: Whether it was kept.
  func remove(_ id: String) -> Bool { isWanted && entries.withLock { $0.removeValue(forKey: id) != nil } }

  /// Takes what a case made out of the table: the case is pending, and still needs it.
  func keep(number: Int) -> [JSON] {
    entries.withLock { entries in
      let kept = entries.filter { $0.value.number == number }
      for id in kept.keys { entries[id] = nil }
      return kept.sorted { $0.key < $1.key }.map(\.value.client)
    }
  }

  /// Hands out one client after the other, each once.
  func take() -> (id: String, client: JSON, role: ConnectorRole)? {
    entries.withLock { entries in
      guard let (id, entry) = entries.first else { return nil }
      entries[id] = nil
      return (id, entry.client, entry.role)
    }
  }
}
