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
  private let process: LaunchedProcess
  private let redactor: SecretRedactor

  private init(_ process: LaunchedProcess, clock: ProcessClockDriver?, redactor: SecretRedactor) {
    self.process = process
    processClock = clock
    self.redactor = redactor
  }

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
    let process: LaunchedProcess
    do throws(ProcessError) {
      let mask = OutputMask(redactor: drivers.redactor, credentialNames: drivers.target.credentialNames)
      let command = try clock?.command(words) ?? words
      process = try LaunchedProcess.start(
        command, folder: launch.folder, environment: environment, output: output
      ) { [reports = clock?.reports, values = drivers.templates.launchValues] lines in
        reports?.read(lines)
        values?.read(lines)
        return mask.mask(lines)
      }
    } catch {
      throw TargetError("the target cannot be launched: \(error)")
    }
    let target = LaunchedTarget(process, clock: clock, redactor: drivers.redactor)
    do throws(TargetError) {
      try await target.waitUntilReady(launch, drivers.templates, drivers.sender, drivers.stop)
    } catch {
      await target.stop()
      throw error
    }
    return target
  }

  /// Sends requests until the response is the expected one.
  private func waitUntilReady(
    _ launch: Target.LaunchCommand, _ templates: TemplateResolver, _ sender: RequestSender, _ stop: StopFlag
  ) async throws(TargetError) {
    let start = WallClock.monotonic
    var last = "nothing responded at \(templates.baseURL)"
    while WallClock.monotonic - start < launch.within {
      if let outcome = process.outcome {
        throw TargetError("the launched target \(outcome) before it was ready\(tail)", kind: .connection)
      }
      let missing = try templates.launchValues?.readFiles(templates)
      do {
        guard let reason = try await unready(launch, templates, sender) ?? missing?.description else { return }
        last = reason
      } catch let error as TransportError {
        last = error.message
      } catch {
        throw TargetError("the target cannot be launched: \(error)")
      }
      do { try await stop.sleep(seconds: 0.025) } catch { throw TargetError("the launch was cancelled: \(error)") }
    }
    throw TargetError(
      "the launched target was not ready within \(launch.within.plain(decimals: 1)) s: \(last)\(tail)", kind: .timeout)
  }

  /// - Returns: Which port or request shows that the program is not ready yet; `nil` if none does.
  private func unready(
    _ launch: Target.LaunchCommand, _ templates: TemplateResolver, _ sender: RequestSender
  ) async throws -> String? {
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
    guard let outcome = await process.unexpectedEnd() else { return nil }
    var stopped = RunStopped(reason: "the launched target \(outcome) during the run")
    stopped.detail = tail
    return stopped
  }

  /// The id of its process, which leads a process group of its own.
  public var processID: Int32 { process.id }

  /// Ends the program and everything that it started.
  public func stop() async { await process.stop() }
}
