// A part of a report that is made before its place comes.

/// Bytes in pieces: to grow one array, the old one and a larger one are in memory at the same time. Many pieces wait in a
/// file.
package struct ReportParts {
  private enum Piece {
    case memory([UInt8])
    case file(Range<Int>)
  }

  private var full: [Piece] = []
  private var last: [UInt8] = []
  private let folder: String?
  private var spool: Spool?

  /// In bytes.
  private static let size = 64 << 10
  /// Room for what goes beyond the size.
  private static let slack = 8 << 10
  /// So many pieces stay in memory.
  private static let maxInMemory = 8

  /// - Parameter folder: Where the file may be; `nil` keeps everything in memory.
  package init(in folder: String?) { self.folder = folder }

  /// Lets `add` append to the bytes.
  package mutating func append(_ add: (inout [UInt8]) -> Void) {
    if last.isEmpty, !full.isEmpty { last.reserveCapacity(ReportParts.size + ReportParts.slack) }
    add(&last)
    guard last.count >= ReportParts.size else { return }
    if full.count == ReportParts.maxInMemory, let folder { spool = Spool(in: folder) }
    // without room on the disk it stays in memory: then the report itself fails, and says so
    full.append(spool?.append(last).map(Piece.file) ?? .memory(last))
    last.removeAll(keepingCapacity: spool != nil)
  }

  package func write(to sink: ReportSink) throws(ReportError) {
    for piece in full {
      switch piece {
      case .memory(let bytes): try sink.write(bytes)
      case .file(let range): try sink.write(try spool?.read(range) ?? [])
      }
    }
    try sink.write(last)
  }
}
