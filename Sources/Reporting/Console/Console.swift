// What a run shows on the console.

import ConformanceModel
import Glibc
import JSONValue
public import RunEvents

/// Shows progress while a run goes on. The lock protects the counts and the line on the screen.
public final class Console: Sendable {
  public struct Style: Sendable {
    /// The output is a terminal that can rewrite a line.
    public var isTerminal: Bool
    public var hasColours: Bool
    /// A line for each passed case too.
    public var isVerbose: Bool

    public init(isTerminal: Bool, hasColours: Bool, isVerbose: Bool = false) {
      self.isTerminal = isTerminal
      self.hasColours = hasColours
      self.isVerbose = isVerbose
    }
  }

  private struct State {
    var total = 0
    /// The shards that are played here, where the plan was split.
    var shards: [Int] = []
    var done = 0
    /// Numbers of the cases that have started and not ended.
    var running: Set<Int> = []
    var failed = 0
    /// How often each error was shown: a target that is down would fill the screen.
    var shownErrors: [String: Int] = [:]
    var simulated = ""
    var shownAt = -Double.infinity
    var lineIsShown = false
  }

  private let style: Style
  private let now: @Sendable () -> Double
  private let write: @Sendable (String) -> Void
  private let state = Locked(State())

  /// - Parameter now: A clock in seconds that only moves forward.
  public init(
    style: Style, now: @escaping @Sendable () -> Double = Console.monotonic, write: @escaping @Sendable (String) -> Void
  ) {
    self.style = style
    self.now = now
    self.write = write
  }

  /// Seconds since the machine started.
  public static let monotonic: @Sendable () -> Double = {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Takes an event. Of its texts nothing is shown; those of a finished case come from its line, which holds no secret.
  public func handle(_ event: Event, line: [UInt8]) {
    var finished: CaseRecord?
    if case .caseFinished(let record) = event, record.verdict != .skipped, record.verdict != .passed || style.isVerbose
    {
      if let json = try? JSON(parsing: line), case .caseFinished(let clean)? = try? Event(decoding: json) {
        finished = clean
      }
    }
    let output = state.withLock { state -> String in
      var output = ""
      switch event {
      case .casePlanned(let planned): if planned.shard.map({ state.shards.contains($0) }) ?? true { state.total += 1 }
      case .caseStarted(let start):
        state.running.insert(start.number)
        state.simulated = start.simulated.description
      case .clockAdvanced(let move): state.simulated = move.to.description
      case .caseFinished(let record):
        state.done += 1
        state.running.remove(record.planned.number)
        if record.verdict == .failed || record.verdict == .errored { state.failed += 1 }
        if let finished, isWorthALine(finished, &state) {
          if state.lineIsShown { output += "\r\u{1B}[K" }
          state.lineIsShown = false
          output += oneLine(finished) + "\n"
        }
      case .runStarted(let run): state.shards = run.shards?.present ?? []
      case .requirements, .runFinished, .stepFinished, .clientCreated, .clientDeleted: break
      }
      if style.isTerminal, !output.isEmpty || isDue(&state) {
        output +=
          "\r\u{1B}[K\(state.done)/\(state.total) done, \(state.running.count) running, \(state.failed) failed, \(state.simulated)"
        state.lineIsShown = true
      }
      return output
    }
    if !output.isEmpty { write(output) }
  }

  /// The same error is shown for three cases, and counted in the end.
  private func isWorthALine(_ record: CaseRecord, _ state: inout State) -> Bool {
    guard record.verdict == .errored, let message = record.findings.first?.message else { return true }
    let count = state.shownErrors[message, default: 0] + 1
    if count == 1, state.shownErrors.count >= 1000 { return true }
    state.shownErrors[message] = count
    return count <= 3
  }

  /// Ten times a second is often enough for eyes.
  private func isDue(_ state: inout State) -> Bool {
    guard state.total > 0 else { return false }
    let now = now()
    guard now - state.shownAt > 0.1 else { return false }
    state.shownAt = now
    return true
  }

  private func oneLine(_ record: CaseRecord) -> String {
    let mark = colour(record.verdict.rawValue.uppercased(), record.verdict)
    let message = record.findings.first.map { " - \(SafeText.oneLine($0.message, longest: 160))" } ?? ""
    return "\(mark) \(SafeText.forConsole(record.planned.id))\(SafeText.forConsole(message))"
  }

  private func colour(_ text: String, _ verdict: Verdict) -> String {
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

  /// Takes the progress line away.
  public func clearProgress() {
    let shown = state.withLock { state in
      defer { state.lineIsShown = false }
      return state.lineIsShown
    }
    if shown { write("\r\u{1B}[K") }
  }
}

extension Console {
  /// How many problems are told in full; the reports have all.
  private static let maxProblems = 20
  /// How many cases are looked at for that.
  private static let maxLookedAt = 2000

  /// Tells how the run ended, from its log.
  ///
  /// - Parameters:
  ///   - history: What came before; flaky cases are named.
  ///   - reports: Where the reports are.
  public func finish(_ log: RunLog, history: History? = nil, reports: [String]) throws(ReportError) {
    clearProgress()
    var text = ""
    var told = 0
    // what errored for the same reason is told once
    var alike: [String: Int] = [:]
    for number in log.numbers.lazy.filter({ [.failed, .errored].contains(log.verdict($0)) }).prefix(Console.maxLookedAt)
    {
      guard told < Console.maxProblems || !alike.isEmpty else { break }
      let record = try log.record(number)
      if record.verdict == .errored, let message = record.findings.first?.message {
        if let count = alike[message] {
          alike[message] = count + 1
          continue
        }
        if told < Console.maxProblems { alike[message] = 0 }
      }
      guard told < Console.maxProblems else { continue }
      told += 1
      text +=
        "\n\(colour(record.verdict.rawValue.uppercased(), record.verdict)) \(SafeText.forConsole(record.planned.id)): \(SafeText.forConsole(record.planned.title))\n"
      for finding in record.findings {
        text += SafeText.forConsole(FindingText.lines(finding).joined(separator: "\n")).indented + "\n"
      }
    }
    for (message, count) in alike.sorted(by: { $0.key < $1.key }) where count > 0 {
      text += "\n… and \(count) more errored alike: \(SafeText.forConsole(SafeText.oneLine(message, longest: 160)))\n"
    }
    let rest = log.count(.failed) + log.count(.errored) - told - alike.values.reduce(0, +)
    if rest > 0 { text += "\n… and \(rest) more in the reports\n" }
    text += try skips(log)
    text += "\n" + counts(log) + "\n"
    for note in log.summary?.notes ?? [] {
      text += "note: \(SafeText.forConsole(SafeText.oneLine(note, longest: 300)))\n"
    }
    if let history { text += flaky(history) }
    for report in reports { text += "report: \(report)\n" }
    text += verdict(log) + "\n"
    write(text)
  }

  /// The reasons for which cases were skipped, each with its count.
  private func skips(_ log: RunLog) throws(ReportError) -> String {
    var reasons: [String: Int] = [:]
    for number in log.numbers where log.verdict(number) == .skipped || log.verdict(number) == .pending {
      let reason = SafeText.oneLine(try log.record(number).reason ?? "no reason was given")
      reasons["\(log.verdict(number).rawValue): \(SafeText.forConsole(reason))", default: 0] += 1
    }
    guard !reasons.isEmpty else { return "" }
    let sorted = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    var lines = sorted.prefix(20).map { "  \($0.value) \($0.key)\n" }
    if sorted.count > 20 { lines.append("  … and \(sorted.count - 20) more reasons\n") }
    return "\n" + lines.joined()
  }

  /// Which cases change their minds, with their last results.
  private func flaky(_ history: History) -> String {
    let ids = history.flakyCases
    var lines = ids.prefix(Console.maxProblems).map { id in
      let strip = history.strip(of: id)
      return "flaky: \(SafeText.forConsole(SafeText.oneLine(id))) \(History.marks(strip)) (\(History.words(strip)))\n"
    }
    if ids.count > lines.count { lines.append("… and \(ids.count - lines.count) more flaky cases\n") }
    return lines.joined()
  }

  private func counts(_ log: RunLog) -> String {
    let counts = Verdict.allCases.compactMap { verdict -> String? in
      let count = log.count(verdict)
      return count > 0 ? colour("\(count) \(verdict.rawValue)", verdict) : nil
    }
    var line = log.part.map { "\($0): " } ?? ""
    line += "\(log.caseCount.counted("case")): \(counts.isEmpty ? "none" : counts.joined(separator: ", "))"
    if let summary = log.summary {
      line += "; \(summary.seconds.plain(decimals: 2)) s"
      let simulated = summary.simulatedEnd - log.run.simulatedStart
      if simulated.milliseconds > 0 {
        line += ", \(simulated) simulated in \(summary.clockAdvances.counted("move")) of the clock"
      }
    }
    return line
  }

  private func verdict(_ log: RunLog) -> String {
    let headline = Headline(log)
    return colour(headline.text, headline.verdict)
  }
}

extension String {
  fileprivate var indented: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
  }
}
