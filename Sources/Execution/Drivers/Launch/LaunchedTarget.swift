// A target that conform starts and ends.

public import ConformanceModel
import HTTPModel
public import JSONValue
import Processes
import Redaction
import RunEvents

/// A program that runs as the target during a run.
public final class LaunchedTarget: Sendable {
  /// The simulated clock that was injected into it; `nil` if the target file names no such clock.
  public var clock: (any ClockDriver)? { processClock }
  private let processClock: ProcessClockDriver?
  private let launch: Target.LaunchCommand
  /// Starts the program: for the first time, or again.
  private let begin: @Sendable (_ continues: Bool) throws(ProcessError) -> LaunchedProcess
  private let templates: TemplateResolver
  private let sender: RequestSender
  private let stopFlag: StopFlag
  private let redactor: SecretRedactor
  /// The lock protects what a restart changes.
  private let state: Locked<State>

  private struct State {
    var process: LaunchedProcess
    var isRestarting = false
    var isStopped = false
    /// Why it did not start again.
    var failure: TargetError?
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private init(
    _ launch: Target.LaunchCommand, _ drivers: DriverFactory, clock: ProcessClockDriver?,
    begin: @escaping @Sendable (Bool) throws(ProcessError) -> LaunchedProcess
  ) throws(ProcessError) {
    self.launch = launch
    self.begin = begin
    templates = drivers.templates
    sender = drivers.sender
    stopFlag = drivers.stop
    processClock = clock
    redactor = drivers.redactor
    state = Locked(State(process: try begin(false)))
  }

  private var process: LaunchedProcess { state.withLock { $0.process } }

  /// How the clock is injected, if not in the first way.
  public var clockNote: String? { processClock?.note }

  /// The path of a Go program of the target whose clock is simulated; `nil` if there is none.
  public var goProgram: String? { processClock.flatMap { $0.coversGo ? $0.reports.goProgram : nil } }

  /// The values of `${port}`, `${port.NAME}` and `${folder}`: TCP ports of the loopback interface on which nothing
  /// listens at the moment, and a folder.
  public static func values(for launch: Target.LaunchCommand, folder: String) throws(TargetError) -> [String: JSON] {
    let numbers: [Int]
    do throws(ProcessError) { numbers = try FreePort.find(1 + launch.ports.count) } catch {
      throw TargetError("no port for the target: \(error)")
    }
    let ports = zip(launch.ports, numbers.dropFirst()).map { JSON.Member($0, .int($1)) }
    return ["port": .int(numbers[0]), "ports": .object(ports), "folder": .string(folder)]
  }

  /// Starts the program and waits until it is ready.
  static func start(
    _ launch: Target.LaunchCommand, _ drivers: DriverFactory, at start: SimulatedInstant, folder: String,
    output: String
  ) async throws(TargetError) -> LaunchedTarget {
    var words: [String] = []
    var environment = drivers.environment
    do throws(UnresolvedReference) {
      for word in launch.command { words.append(try drivers.templates.resolve(word).plainText) }
      for member in launch.environment {
        environment[member.name] = try drivers.templates.resolve(member.value).plainText
      }
    } catch {
      throw TargetError("the target cannot be launched: \(error)")
    }
    var clock: ProcessClockDriver?
    if case .process(let wanted) = drivers.target.clock {
      clock = try await drivers.makeProcessClockDriver(
        wanted, program: words.first ?? "", launchFolder: launch.folder, start: start, folder: folder)
      environment.merge(clock?.environment(with: environment) ?? [:]) { _, clock in clock }
      drivers.launchedClock.withLock { $0 = clock }
    }
    let target: LaunchedTarget
    do throws(ProcessError) {
      let mask = OutputMask(redactor: drivers.redactor, credentialNames: drivers.target.credentialNames)
      let command = try clock?.command(words) ?? words
      let values = drivers.templates.launchValues
      target = try LaunchedTarget(launch, drivers, clock: clock) {
        [environment, reports = clock?.reports] continues throws(ProcessError) in
        try LaunchedProcess.start(
          command, folder: launch.folder, environment: environment, output: output, continues: continues
        ) { lines in
          reports?.read(lines)
          values?.read(lines)
          return mask.mask(lines)
        }
      }
    } catch {
      throw TargetError("the target cannot be launched: \(error)")
    }
    do throws(TargetError) {
      try await target.waitUntilReady()
    } catch {
      await target.stop()
      throw error
    }
    drivers.launched.withLock { $0 = target }
    return target
  }

  /// Ends the program, and starts it again: with the same command, variables, folder, ports and clock.
  ///
  /// - Throws: `TargetError` if it does not become ready again. It does not run then.
  func restart(by signal: EndSignal) async throws(TargetError) {
    let former = state.withLock { state -> LaunchedProcess? in
      guard !state.isStopped, !state.isRestarting, state.failure == nil else { return nil }
      state.isRestarting = true
      return state.process
    }
    guard let former else { throw TargetError("the launched target cannot be restarted: it is being stopped") }
    await former.stop(atOnce: signal == .kill)
    templates.launchValues?.expectAgain()
    do throws(TargetError) {
      try beginAgain()
      try await waitUntilReady()
    } catch {
      await process.stop()
      let failure = TargetError("after its restart, \(error.message)", kind: error.kind)
      endRestart(failure)
      throw failure
    }
    templates.launchValues?.keep()
    endRestart(nil)
  }

  private func beginAgain() throws(TargetError) {
    do throws(ProcessError) {
      let process = try begin(true)
      state.withLock { $0.process = process }
    } catch {
      throw TargetError("the target cannot be launched: \(error)")
    }
  }

  private func endRestart(_ failure: TargetError?) {
    let waiting = state.withLock { state in
      state.isRestarting = false
      state.failure = failure
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Waits for the end of a restart, if there is one.
  private func settleRestart() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if state.isRestarting { state.waiting.append(continuation) }
        return !state.isRestarting
      }
      if isOver { continuation.resume() }
    }
  }

  /// Sends requests until the response is the expected one.
  private func waitUntilReady() async throws(TargetError) {
    let process = process
    let start = WallClock.monotonic
    var last = "nothing responded at \(templates.baseURL)"
    while WallClock.monotonic - start < launch.within {
      if let outcome = process.outcome {
        throw TargetError("the launched target \(outcome) before it was ready\(tail)", kind: .connection)
      }
      let missing = try templates.launchValues?.readFiles(templates)
      do {
        guard let reason = try await unready() ?? missing?.description else { return }
        last = reason
      } catch let error as TransportError {
        last = error.message
      } catch {
        throw TargetError("the target cannot be launched: \(error)")
      }
      do { try await stopFlag.sleep(seconds: 0.025) } catch { throw TargetError("the launch was cancelled: \(error)") }
    }
    throw TargetError(
      "the launched target was not ready within \(launch.within.plain(decimals: 1)) s: \(last)\(tail)", kind: .timeout)
  }

  /// - Returns: Which port or request shows that the program is not ready yet; `nil` if none does.
  private func unready() async throws -> String? {
    let requests = try launch.ready.map { (try templates.request($0), $0.statuses ?? Array(200..<300)) }
    let timeout = min(2, launch.within)
    for (request, statuses) in requests {
      let status = try await sender.send(request, timeout: timeout).response.status
      if !statuses.contains(status) { return "\(request.method) \(request.url): HTTP \(status)" }
    }
    if requests.isEmpty { _ = try await sender.send(WireRequest(url: templates.baseURL + "/"), timeout: timeout) }
    for name in launch.ports {
      guard let port = templates.values["ports"]?[name]?.int, !FreePort.isOpen(port) else { continue }
      return "nothing listens on the port '\(name)', which is \(port)"
    }
    return nil
  }

  private var tail: String {
    let lines = redactor.redact(process.lastLines)
    return lines.isEmpty ? "; it printed nothing" : "; its last output:\n\(lines)"
  }

  /// Waits until the program ends by itself; returns `nil` once it is stopped.
  public func unexpectedEnd() async -> RunStopped? {
    while true {
      if let outcome = await process.unexpectedEnd() {
        var stopped = RunStopped(reason: "the launched target \(outcome) during the run")
        stopped.detail = tail
        return stopped
      }
      await settleRestart()
      let (isStopped, failure) = state.withLock { ($0.isStopped, $0.failure) }
      if let failure { return RunStopped(reason: failure.message) }
      if isStopped { return nil }
    }
  }

  /// The id of its process, which leads a process group of its own.
  public var processID: Int32 { process.id }

  /// Ends the program and everything that it started.
  public func stop() async {
    state.withLock { $0.isStopped = true }
    await settleRestart()
    await process.stop()
  }
}
