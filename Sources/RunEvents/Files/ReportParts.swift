// A part of a report that is made before its place comes.

/// Bytes in pieces: to grow one array, the old one and a larger one are in memory at the same time.
package struct ReportParts {
  private var full: [[UInt8]] = []
  private var last: [UInt8] = []

  /// In bytes.
  private static let size = 64 << 10
  /// Room for what goes beyond the size.
  private static let slack = 8 << 10

  package init() {}

  /// Lets `add` append to the bytes.
  package mutating func append(_ add: (inout [UInt8]) -> Void) {
    if last.isEmpty, !full.isEmpty { last.reserveCapacity(ReportParts.size + ReportParts.slack) }
    add(&last)
    guard last.count >= ReportParts.size else { return }
    full.append(last)
    last = []
  }

  package func write(to sink: ReportSink) throws(ReportError) {
    for part in full { try sink.write(part) }
    try sink.write(last)
  }
}
