// What must hold of every exchange, whatever a scenario is about.

/// A condition on all exchanges of a run of some kinds. It is judged beside each step, and is a test case of its own.
public struct Invariant: Sendable, Hashable {
  /// Shares the room of scenarios' ids, and is for ever.
  public var id: String
  public var place: Place
  public var title: String
  /// Ids of requirements.
  public var covers: [String]
  /// The operations whose exchanges it is about; all that send something where it is empty.
  public var operations: [StepActionKind]
  /// It is about those exchanges for which these hold.
  public var condition: [Expectation]
  public var expectations: [Expectation]

  public init(
    id: String, place: Place, title: String, covers: [String], operations: [StepActionKind], condition: [Expectation],
    expectations: [Expectation]
  ) {
    self.id = id
    self.place = place
    self.title = title
    self.covers = covers
    self.operations = operations
    self.condition = condition
    self.expectations = expectations
  }

  /// The area under which reports show invariants.
  public static let area = "invariants"
}
