// The fields of the event about what an exploration tried.

import ConformanceModel

extension RunCoverage {
  static let table = RecordTable(
    "coverage", blank: RunCoverage(),
    [
      Field(
        "dimensions", "the dimensions of the operations", .list(.record(Line.table)), { $0.lines }, { $0.lines = $1 },
        absent: []),
      Field(
        "states", "the states of the model", .list(.record(State.table)), { $0.states }, { $0.states = $1 },
        absent: []),
    ])
}

extension RunCoverage.Line {
  static let table = RecordTable(
    "dimension",
    blank: RunCoverage.Line(operation: "", dimension: "", run: 0, values: 0, pairsRun: 0, pairs: 0),
    [
      Field("operation", "what is done", .text, { $0.operation }, { $0.operation = $1 }),
      Field("dimension", "the property that varies", .text, { $0.dimension }, { $0.dimension = $1 }),
      Field("run", "how many of its values were run", .count, { $0.run }, { $0.run = $1 }),
      Field("values", "how many values it has", .count, { $0.values }, { $0.values = $1 }),
      Field(
        "pairs-run", "how many pairs with values of the other dimensions were run", .count, { $0.pairsRun },
        { $0.pairsRun = $1 }),
      Field("pairs", "how many such pairs there are", .count, { $0.pairs }, { $0.pairs = $1 }),
      Field(
        "missing", "the values that were not run, each with the reason", .list(.text), { $0.missing },
        { $0.missing = $1 }, absent: []),
    ])
}

extension RunCoverage.State {
  static let table = RecordTable(
    "state", blank: RunCoverage.State(name: "", steps: 0),
    [
      Field("name", "the operation and what it meets", .text, { $0.name }, { $0.name = $1 }),
      Field("steps", "how many steps ran in it", .count, { $0.steps }, { $0.steps = $1 }),
    ])
}
