// What an exploration tried, and what it did not.

/// Which values of which operations sequences had, and which states they reached.
public struct RunCoverage: Sendable, Hashable {
  /// A dimension of an operation.
  public struct Line: Sendable, Hashable {
    public var operation: String
    public var dimension: String
    /// How many of the values were run.
    public var run: Int
    public var values: Int
    /// How many pairs with values of the other dimensions were run.
    public var pairsRun: Int
    public var pairs: Int
    /// The values that were not run, each with the reason.
    public var missing: [String]

    public init(
      operation: String, dimension: String, run: Int, values: Int, pairsRun: Int, pairs: Int, missing: [String] = []
    ) {
      self.operation = operation
      self.dimension = dimension
      self.run = run
      self.values = values
      self.pairsRun = pairsRun
      self.pairs = pairs
      self.missing = missing
    }
  }

  /// A state of the model.
  public struct State: Sendable, Hashable {
    public var name: String
    /// How many steps ran in it.
    public var steps: Int

    public init(name: String, steps: Int) {
      self.name = name
      self.steps = steps
    }
  }

  public var lines: [Line]
  public var states: [State]

  public init(lines: [Line] = [], states: [State] = []) {
    self.lines = lines
    self.states = states
  }
}
