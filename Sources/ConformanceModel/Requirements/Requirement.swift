// One clause of expected behaviour.

/// How strongly a clause binds (RFC 2119). A broken `must` fails, a broken `should` warns, a `may` is only observed.
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

/// A clause of the expected behaviour, as `requirements.yaml` holds it.
public struct Requirement: Sendable, Hashable {
  /// Assigned once, never reused: `EXP-03`.
  public var id: String
  public var level: Level
  /// The document and section it comes from.
  public var source: String
  /// One sentence in our own words.
  public var text: String
  /// Why it cannot be observed from outside, where that is so.
  public var unobservable: String?
  /// Why no scenario covers it, though it could be observed.
  public var uncovered: String?

  public init(
    id: String, level: Level, source: String, text: String, unobservable: String? = nil, uncovered: String? = nil
  ) {
    self.id = id
    self.level = level
    self.source = source
    self.text = text
    self.unobservable = unobservable
    self.uncovered = uncovered
  }
}

/// A part of the catalogue: the first letters of its ids, and what it is about.
public struct RequirementSuite: Sendable, Hashable {
  public var prefix: String
  public var title: String

  public init(prefix: String, title: String) {
    self.prefix = prefix
    self.title = title
  }
}

/// A place in a file that a person wrote. Lines and columns count from 1.
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
