// The members of a mapping by their names.

/// The members of a mapping, in the order of the file. There are few, so that a name is compared with each.
struct Fields: RandomAccessCollection {
  private var members: [(key: String, value: YAMLReader)] = []

  init(capacity: Int = 0) { members.reserveCapacity(capacity) }

  var startIndex: Int { 0 }
  var endIndex: Int { members.count }
  subscript(position: Int) -> (key: String, value: YAMLReader) { members[position] }

  /// The value of a key.
  subscript(name: String) -> YAMLReader? { index(of: name).map { members[$0].value } }

  func contains(_ name: String) -> Bool { index(of: name) != nil }

  private func index(of name: String) -> Int? { members.firstIndex { $0.key == name } }

  mutating func append(_ name: String, _ value: YAMLReader) { members.append((name, value)) }

  /// Removes a member, and returns its value.
  mutating func removeValue(forKey name: String) -> YAMLReader? {
    index(of: name).map { members.remove(at: $0).value }
  }
}
