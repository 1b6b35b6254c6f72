// The requirements of a pack.

/// The level of a requirement (RFC 2119). A broken `must` fails; a broken `should` or `may` warns.
public enum Level: String, Sendable, Hashable, CaseIterable, Comparable {
  case may, should, must

  public static func < (a: Level, b: Level) -> Bool { a.rank < b.rank }

  private var rank: Int {
    switch self {
    case .may: 0
    case .should: 1
    case .must: 2
    }
  }
}

/// A requirement of `requirements.yaml`.
public struct Requirement: Sendable, Hashable {
  /// Assigned once, never reused: `EXP-03`.
  public var id: String
  public var level: Level
  /// Other levels, by the profiles under which they apply.
  public var levels: [Profile: Level]
  /// The document and section.
  public var source: String
  /// The requirement in one sentence.
  public var text: String
  /// Why it cannot be observed from outside, if it cannot.
  public var unobservable: String?
  /// Why no scenario covers it, although it is observable.
  public var uncovered: String?
  /// The title of its suite.
  public var suite: String?

  public init(
    id: String, level: Level, levels: [Profile: Level] = [:], source: String, text: String,
    unobservable: String? = nil, uncovered: String? = nil, suite: String? = nil
  ) {
    self.id = id
    self.level = level
    self.levels = levels
    self.source = source
    self.text = text
    self.unobservable = unobservable
    self.uncovered = uncovered
    self.suite = suite
  }
}

extension Requirement {
  /// The requirement with the level that it has under this profile.
  public func judged(by profile: Profile) -> Requirement {
    var requirement = self
    requirement.level = levels[profile] ?? level
    requirement.levels = [:]
    return requirement
  }

  /// Its level, and those under other profiles: `should, must under the profile patchworks`.
  public var levelText: String {
    let others = Profile.allCases.compactMap { profile in
      levels[profile].map { ", \($0.rawValue) under the profile \(profile.rawValue)" }
    }
    return level.rawValue + others.joined()
  }

  /// Whether no other document than that of Patchworks asks for it.
  public var citesPatchworksAlone: Bool {
    !source.contains("RFC ") && (!source.hasPrefix("inferred") || source.contains("Patchworks"))
  }
}

/// The documents that a target declares to implement.
public enum Profile: String, Sendable, Hashable, CaseIterable {
  /// The Patchworks documentation and the RFCs.
  case patchworks
  /// The RFCs: what the Patchworks documentation alone asks for is not judged.
  case oauth

  public func includes(_ requirement: Requirement) -> Bool {
    self == .patchworks || !requirement.citesPatchworksAlone
  }
}

/// A group of requirements: the prefix of its ids, and its title.
public struct RequirementSuite: Sendable, Hashable {
  public var prefix: String
  public var title: String

  public init(prefix: String, title: String) {
    self.prefix = prefix
    self.title = title
  }
}

/// A place in a YAML file. Lines and columns count from 1.
public struct Place: Sendable, Hashable, CustomStringConvertible {
  public var file: String
  public var line: Int
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  public var description: String { "\(file):\(line):\(column)" }
}
