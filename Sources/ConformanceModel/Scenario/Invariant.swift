// A condition that every exchange of a run must meet, in all scenarios.

/// A condition on all exchanges of a run, or on those of some operations. It is a test case of its own.
public struct Invariant: Sendable, Hashable {
  /// Permanent, and different from all ids of scenarios.
  public var id: String
  public var place: Place
  public var title: String
  /// Ids of requirements.
  public var covers: [String]
  /// The operations whose exchanges are checked; empty means all that send a request.
  public var operations: [StepActionKind]
  /// Only exchanges that meet these conditions are checked.
  public var condition: [Expectation]
  public var expectations: [Expectation]
  /// A hash of what its file says; empty if it was not loaded from a file.
  public var digest = ""

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

  /// The suite of all invariants in reports.
  public static let suite = "invariants"

  /// The id of the built-in invariant that every request gets a response.
  public static let everyRequestGetsAResponse = "every-request-gets-a-response"
}
