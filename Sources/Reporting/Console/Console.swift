// The progress that a run shows on the console.

public import ConformanceModel
import JSONValue
public import RunEvents

/// Shows the progress of a run: on a terminal one line that is rewritten, and if it is verbose a line for each case.
///
/// The lock protects the counts and the state of that line.
public final class Console: Sendable {
  public struct Style: Sendable {
    /// The output is a terminal, on which a line can be rewritten.
    public var isTerminal: Bool
    public var hasColours: Bool
    /// Print a line for each case as it ends, and all failures in full.
    public var isVerbose: Bool

    public init(isTerminal: Bool, hasColours: Bool, isVerbose: Bool = false) {
      self.isTerminal = isTerminal
      self.hasColours = hasColours
      self.isVerbose = isVerbose
    }
  }

  private struct State {
    var total = 0
    /// The shards that this process runs, if the plan is split.
    var shards: [Int] = []
    var done = 0
    /// Numbers of the cases that have started and not ended.
    var running: Set<Int> = []
    var failed = 0
    var simulated = ""
    var drawnAt = -Double.infinity
    var hasProgressLine = false
  }

  let style: Style
  let write: @Sendable (String) -> Void
  private let now: @Sendable () -> Double
  private let state = Locked(State())

  /// Seconds between two progress lines.
  private static let interval = 0.1
  static let maxMessage = 160

  /// - Parameter now: A monotonic clock, in seconds.
  public init(
    style: Style, now: @escaping @Sendable () -> Double = { WallClock.monotonic },
    write: @escaping @Sendable (String) -> Void
  ) {
    self.style = style
    self.now = now
    self.write = write
  }

  /// Handles an event of the run.
  ///
  /// - Parameter line: The event as the log has it. Texts come from there alone: its secrets are masked.
  public func handle(_ event: Event, line: [UInt8]) {
    let finished = masked(event, line)
    let output = state.withLock { state -> String in
      var output = ""
      update(&state, event)
      if let finished {
        if state.hasProgressLine { output += Console.eraseLine }
        state.hasProgressLine = false
        output += oneLine(finished) + "\n"
      }
      if style.isTerminal, !output.isEmpty || isDue(&state) {
        output += Console.eraseLine + progress(state)
        state.hasProgressLine = true
      }
      return output
    }
    if !output.isEmpty { write(output) }
  }

  private static let eraseLine = "\r\u{1B}[K"

  /// The record of a finished case that gets a line, with its secrets masked. The end of the run has each failure, so
  /// that only a verbose console prints it as it happens.
  private func masked(_ event: Event, _ line: [UInt8]) -> CaseRecord? {
    guard style.isVerbose, case .caseFinished(let record) = event, record.verdict != .skipped,
      let json = try? JSON(parsing: line),
      case .caseFinished(let clean)? = try? Event(decoding: json)
    else { return nil }
    return clean
  }

  private func update(_ state: inout State, _ event: Event) {
    switch event {
    case .runStarted(let run): state.shards = run.shards?.present ?? []
    case .casePlanned(let planned): if planned.shard.map({ state.shards.contains($0) }) ?? true { state.total += 1 }
    case .caseStarted(let start):
      state.running.insert(start.number)
      state.simulated = start.simulated.description
    case .clockAdvanced(let advance): state.simulated = advance.to.description
    case .caseFinished(let record):
      state.done += 1
      state.running.remove(record.planned.number)
      if record.verdict == .failed || record.verdict == .errored { state.failed += 1 }
    default: break
    }
  }

  private func progress(_ state: State) -> String {
    "\(state.done)/\(state.total) done, \(state.running.count) running, \(state.failed) failed, \(state.simulated)"
  }

  private func isDue(_ state: inout State) -> Bool {
    guard state.total > 0 else { return false }
    let now = now()
    guard now - state.drawnAt > Console.interval else { return false }
    state.drawnAt = now
    return true
  }

  private func oneLine(_ record: CaseRecord) -> String {
    let mark = colour(record.verdict.rawValue.uppercased(), record.verdict)
    let headline =
      record.findings.first.map {
        // what to do is said once, at the end
        " - " + SafeText.oneLine(FindingText.headline($0, hasHint: false), longest: Console.maxMessage)
      }
      ?? ""
    let repeated = record.attempts > 1 ? " (run \(record.attempts) times)" : ""
    return "\(mark) \(SafeText.forConsole(record.planned.id))\(repeated)\(SafeText.forConsole(headline))"
  }

  func colour(_ text: String, _ verdict: Verdict) -> String {
    guard style.hasColours else { return text }
    let code =
      switch verdict {
      case .passed: "32"
      case .failed, .errored: "31"
      case .warned: "33"
      case .skipped, .pending: "36"
      }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }

  /// Erases the progress line.
  public func clearProgress() {
    let wasShown = state.withLock { state in
      defer { state.hasProgressLine = false }
      return state.hasProgressLine
    }
    if wasShown { write(Console.eraseLine) }
  }
}
