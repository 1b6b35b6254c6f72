// What changed in the expected behaviour, from version to version of a pack.

/// A change of a requirement, as `requirements.yaml` records it.
public struct RequirementChange: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case added, changed, removed
  }

  /// The version of the pack that has the change.
  public var version: PackVersion
  /// The id of the requirement.
  public var requirement: String
  public var kind: Kind
  /// What changed, in one sentence.
  public var text: String

  public init(version: PackVersion, requirement: String, kind: Kind, text: String) {
    self.version = version
    self.requirement = requirement
    self.kind = kind
    self.text = text
  }
}

/// The changes of a pack, and the version with which their record starts.
public struct RequirementChanges: Sendable, Hashable {
  public var start: PackVersion
  /// In the order of the file.
  public var list: [RequirementChange]

  public init(start: PackVersion, list: [RequirementChange]) {
    self.start = start
    self.list = list
  }

  /// The changes after this version, those of the newest version first; `nil` if the record starts later.
  public func since(_ version: PackVersion) -> [RequirementChange]? {
    guard version >= start else { return nil }
    let list = list.filter { $0.version > version }
    return list.enumerated().sorted { ($1.element.version, $0.offset) < ($0.element.version, $1.offset) }.map(\.element)
  }
}
