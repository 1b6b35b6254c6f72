// Clients that a run created and has not deleted yet.

import ConformanceModel
import JSONValue

/// What has to be deleted again at a target that outlives the run. The lock protects the table.
final class CreatedClients: Sendable {
  private struct Entry {
    var client: JSON
    var role: ConnectorRole
    /// The case that created it.
    var number: Int
  }

  private let entries = Locked<[String: Entry]>([:])
  private let isEnabled: Bool

  /// - Parameter isEnabled: Whether clients are recorded at all.
  init(isEnabled: Bool) { self.isEnabled = isEnabled }

  /// - Returns: Whether the client was recorded.
  func add(_ client: JSON, number: Int) -> Bool {
    guard isEnabled, let id = client["id"]?.string, let role = client["connector"]?.string.flatMap(ConnectorRole.init)
    else { return false }
    entries.withLock { $0[id] = Entry(client: client, role: role, number: number) }
    return true
  }

  /// - Returns: Whether the client was recorded.
  func remove(_ id: String) -> Bool { isEnabled && entries.withLock { $0.removeValue(forKey: id) != nil } }

  /// Removes and returns the clients of a case: the case is pending, and still needs them.
  func keep(number: Int) -> [JSON] {
    entries.withLock { entries in
      let kept = entries.filter { $0.value.number == number }
      for id in kept.keys { entries[id] = nil }
      return kept.sorted { $0.key < $1.key }.map(\.value.client)
    }
  }

  /// Removes and returns one client; `nil` once none is left.
  func take() -> (id: String, client: JSON, role: ConnectorRole)? {
    entries.withLock { entries in
      guard let (id, entry) = entries.first else { return nil }
      entries[id] = nil
      return (id, entry.client, entry.role)
    }
  }
}
