// What makes a report: it gets each case once, in one pass over the log for all reports.

import RunEvents

/// One report while it is made. It writes as it goes: the cases of a large run do not fit into memory.
protocol ReportRenderer {
  /// The order in which it gets the cases.
  var order: CaseOrder { get }

  /// Whether it needs a case, by its number. Cases that no report needs are not read.
  func needs(_ number: Int) -> Bool

  /// Writes what comes before the cases.
  mutating func start() throws(ReportError)

  mutating func handle(_ view: CaseView) throws(ReportError)

  /// Writes what comes after the cases.
  mutating func finish() throws(ReportError)
}

enum CaseOrder: CaseIterable {
  case plan
  /// Suite by suite, each in the order of the plan. A shuffled plan can mix them.
  case suites
}

extension ReportRenderer {
  var order: CaseOrder { .plan }

  func needs(_ number: Int) -> Bool { true }

  mutating func start() throws(ReportError) {}
}
