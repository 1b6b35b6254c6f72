// `--trace`: every exchange of a run as it ends, and every advance of the clock.

import ConformanceModel
import Execution
import JSONValue
import Reporting
import RunEvents

/// Writes a line for each exchange to standard error. The lock protects the ids of the cases, by their numbers.
final class TraceListener: EventListener {
  private let ids = Locked<[Int: String]>([:])
  private let write: @Sendable (String) -> Void

  init(write: @escaping @Sendable (String) -> Void = { Output.error($0) }) { self.write = write }

  func handle(_ event: Event, line: [UInt8]) {
    switch event {
    case .casePlanned(let planned): ids.withLock { $0[planned.number] = planned.id }
    case .clockAdvanced(let advance): write("clock advanced to \(advance.to)")
    case .stepFinished(let step) where step.exchange != nil:
      // as the log has it: its secrets are masked
      guard let json = try? JSON(parsing: line), case .stepFinished(let clean)? = try? Event(decoding: json) else {
        return
      }
      let id = ids.withLock { $0[clean.number] } ?? "case \(clean.number)"
      if let text = ExchangeTrace.line(id, clean) { write(text) }
    default: break
    }
  }
}
