// A declarative test case.

public import JSONValue

/// A scenario file.
public struct Scenario: Sendable, Hashable {
  /// The file name without its extension, unless the file sets it. Ids are permanent.
  public var id: String
  /// The folder below the root of the pack.
  public var suite: String
  public var place: Place
  public var title: String
  /// Ids of requirements.
  public var covers: [String]
  public var tags: [String]
  /// Required capabilities beyond those that the steps imply.
  public var needs: [Capability]
  /// Behaviours that the target must declare for the scenario to apply.
  public var when: [BehaviourCondition]
  /// Scenarios in which the refused operation succeeds without the deviation.
  public var twins: [String] = []
  public var given: [Step]
  public var steps: [Step]
  /// Steps that run at the end of each case that started, whatever became of the others.
  public var finally: [Step] = []
  public var cases: Cases
  /// Which other cases its cases must not overlap; `nil` for none.
  public var exclusion: Exclusion?
  /// A hash of what its file says; empty if it was not loaded from a file.
  public var digest = ""

  public init(
    id: String, suite: String, place: Place, title: String, covers: [String] = [], tags: [String] = [],
    needs: [Capability] = [], when: [BehaviourCondition] = [], given: [Step] = [], steps: [Step] = [],
    cases: Cases = .single
  ) {
    self.id = id
    self.suite = suite
    self.place = place
    self.title = title
    self.covers = covers
    self.tags = tags
    self.needs = needs
    self.when = when
    self.given = given
    self.steps = steps
    self.cases = cases
  }
}

/// Which cases must not run at the same time as those of a scenario.
public enum Exclusion: Sendable, Hashable {
  case all
  /// Those of scenarios with the same key.
  case resource(String)
}

extension Scenario {
  /// The steps that decide the verdict, after their setup.
  public var mainSteps: [Step] { given + steps }

  /// Also those of `finally`.
  public var allSteps: [Step] { given + steps + finally }
}

/// An operation, with what is expected and saved.
public struct Step: Sendable, Hashable {
  public var place: Place
  public var operation: StepAction
  /// The name under which the result is saved.
  public var savedAs: String?
  /// Who does it in place of the manager: the word of a `Stranger`, or a bearer token.
  public var manager: Template?
  public var expectations: [Expectation]
  /// If the response does not meet these conditions, the rest of the case does not apply.
  public var condition: [Expectation] = []
  /// The request is sent again until the response meets conditions.
  public var polling: Polling?
  public var savings: [Saving]
  /// The step of the scenario file that uses the fragment which this step is in; `nil` if it is in no fragment.
  public var usedAt: Place?
  /// The use of a fragment whose steps run once for several cases, if the step is one of them.
  public var shared: SharedUse?
  /// The step runs only under these conditions; `nil` if it always does.
  public var when: StepCondition?
  /// Whether what it expects decides the case: the scenario says what that is.
  public var isJudging = true

  public init(
    place: Place, operation: StepAction, savedAs: String? = nil, manager: Template? = nil,
    expectations: [Expectation] = [],
    savings: [Saving] = []
  ) {
    self.place = place
    self.operation = operation
    self.savedAs = savedAs
    self.manager = manager
    self.expectations = expectations
    self.savings = savings
  }
}

extension Step {
  /// The step itself, or the steps inside of `repeat` and `concurrently`, however nested.
  package var leaves: [Step] {
    switch operation {
    case .repeat(_, let steps): steps.flatMap(\.leaves)
    case .concurrently(let branches): branches.joined().flatMap(\.leaves)
    default: [self]
    }
  }

  /// Whether one of its expectations names this status.
  public func expects(status: Int) -> Bool {
    expectations.contains { if case .status(let matcher) = $0.subject { matcher.mentions(status) } else { false } }
  }
}

extension Matcher {
  fileprivate func mentions(_ status: Int) -> Bool {
    switch self {
    case .equals(.literal(let json)): json.int == status
    case .oneOf(let choices), .all(let choices): choices.contains { $0.mentions(status) }
    case .not(let inner): inner.mentions(status)
    default: false
    }
  }
}

/// How a step is repeated until its response is what it has to become. Real time passes: the target's clock stays.
public struct Polling: Sendable, Hashable {
  /// Also expectations of the step: they fail if they are not met in time.
  public var conditions: [Expectation]
  /// How long it is tried.
  public var within = Polling.defaultLimit
  /// The time between a response and the next request.
  public var every = Polling.defaultInterval

  /// 10 s.
  public static let defaultLimit = RequestTimeLimit(milliseconds: 10_000)
  /// 200 ms.
  public static let defaultInterval = RequestTimeLimit(milliseconds: 200)

  public init(_ conditions: [Expectation]) { self.conditions = conditions }
}

/// A part of a response that later steps use under a name.
public struct Saving: Sendable, Hashable {
  public var name: String
  public var source: Source
  public var place: Place

  public enum Source: Sendable, Hashable {
    case json(JSONPointer)
    case header(String)
    case status
    case text
  }

  public init(name: String, source: Source, place: Place) {
    self.name = name
    self.source = source
    self.place = place
  }
}

/// Rows of values; each is a test case. Rows are generated one at a time, so that many need no memory.
public enum Cases: Sendable, Hashable {
  case single
  case rows([Row])
  /// Every combination of the columns' values; the last column varies fastest.
  case product([Column])
  /// A row for each sample of a connector that has to be refused. The target has them: see `Scenario.filled`.
  case refusedSamples(of: ConnectorRole)

  public struct Row: Sendable, Hashable {
    /// The name of the row in reports; by default made of the values.
    public var name: String
    public var values: [Template.Member]

    public init(name: String, values: [Template.Member]) {
      self.name = name
      self.values = values
    }
  }

  public struct Column: Sendable, Hashable {
    public var name: String
    public var values: Values

    public enum Values: Sendable, Hashable {
      case list([Template])
      case range(ClosedRange<Int>)
    }

    public init(name: String, values: Values) {
      self.name = name
      self.values = values
    }

    var count: Int {
      switch values {
      case .list(let list): list.count
      case .range(let range): range.count
      }
    }

    func value(_ index: Int) -> Template {
      switch values {
      case .list(let list): list[index]
      case .range(let range): .literal(.int(range.lowerBound + index))
      }
    }
  }

  /// The values of a column.
  public func values(of name: String) -> [Template] {
    switch self {
    case .single, .refusedSamples: return []
    case .rows(let rows): return rows.flatMap(\.values).filter { $0.name == name }.map(\.value)
    case .product(let columns):
      guard let column = columns.first(where: { $0.name == name }) else { return [] }
      return (0..<column.count).map(column.value)
    }
  }

  public var count: Int {
    switch self {
    case .single, .refusedSamples: 1
    case .rows(let rows): rows.count
    case .product(let columns): columns.reduce(1) { $0 * $1.count }
    }
  }

  /// The row with this index, or `nil` if the scenario has no cases.
  public func row(_ index: Int) -> Row? {
    switch self {
    case .single, .refusedSamples: return nil
    case .rows(let rows): return rows[index]
    case .product(let columns):
      var rest = index
      var values: [Template.Member] = []
      for column in columns.reversed() {
        values.insert(Template.Member(column.name, column.value(rest % column.count)), at: 0)
        rest /= column.count
      }
      return Row(name: Row.name(of: values), values: values)
    }
  }
}

extension Cases.Row {
  /// `name=value, name=value`, short and in ASCII, for the names of cases in reports.
  public static func name(of values: [Template.Member]) -> String {
    values.map { "\($0.name)=\(short($0.value))" }.joined(separator: ", ")
  }

  private static func short(_ template: Template) -> String {
    let text: String
    switch template {
    case .literal(let json): text = json.string ?? json.compact
    case .reference(let reference): text = reference.description
    case .text(let segments):
      text = segments.map {
        switch $0 {
        case .literal(let literal): literal
        case .reference(let reference): reference.description
        }
      }.joined()
    case .array, .object: text = "..."
    }
    let ascii = text.unicodeScalars.map {
      (0x20..<0x7F).contains($0.value) ? String($0) : "\\u{\(String($0.value, radix: 16))}"
    }
    let joined = ascii.joined()
    return joined.count > 60 ? joined.prefix(57) + "..." : joined
  }
}
