// A target that the harness starts, and ends again.

public import ConformanceModel
import HTTPModel
import HTTPTransport
import JSONValue
import Processes
import Redaction
import RunEvents

/// A program that runs as the target for the time of a run.
public final class LaunchedTarget: Sendable {
  /// The clock on which it runs, where the target file asks for one of ours.
  public let clock: (any ClockDriver)?
  private let process: LaunchedProcess

  private init(_ process: LaunchedProcess, clock: (any ClockDriver)?) {
    self.process = process
    self.clock = clock
  }

  /// A TCP port of the loopback interface that nothing listens on.
  public static func freePort() throws(TargetError) -> Int {
    do throws(ProcessError) { return try FreePort.find() } catch {
      throw TargetError("no port for the target: \(error)")
    }
  }

  /// Starts the program and waits until it is ready.
  ///
  /// - Parameters:
  ///   - start: Where its time is to start, where it runs on a clock of ours.
  ///   - folder: A folder of this run alone, for the clock's file.
  ///   - output: The file that takes what it prints.
  /// - Throws: `TargetError` that says what it printed last.
  public static func start(
    _ launch: Target.LaunchCommand, session: TargetSession, at start: SimulatedInstant, folder: String, output: String
  ) async throws(TargetError) -> LaunchedTarget {
    var words: [String] = []
    var environment = session.environment
    do throws(UnresolvedReference) {
      for word in launch.command { words.append(try session.fill(word, [:]).plainText) }
      for member in launch.environment { environment[member.name] = try session.fill(member.value, [:]).plainText }
    } catch {
      throw TargetError("the target cannot be launched: \(error)")
    }
    var clock: ProcessClockDriver?
    if case .process(let wanted) = session.target.clock {
      clock = try ProcessClockDriver(
        wanted, program: words[0], session: session, start: start, folder: folder, launchFolder: launch.folder)
      environment.merge(clock?.environment(with: environment) ?? [:]) { _, clock in clock }
    }
    let process: LaunchedProcess
    do throws(ProcessError) {
      process = try LaunchedProcess.start(words, folder: launch.folder, environment: environment, output: output)
    } catch {
      throw TargetError("the target cannot be launched: \(error)")
    }
    let target = LaunchedTarget(process, clock: clock)
    do throws(TargetError) { try await target.waitUntilReady(launch, session) } catch {
      await target.stop()
      throw error
    }
    return target
  }

  /// Asks until the answer is the wanted one.
  private func waitUntilReady(_ launch: Target.LaunchCommand, _ session: TargetSession) async throws(TargetError) {
    let start = WallClock.monotonic
    var last = "nothing answered at \(session.baseURL)"
    while WallClock.monotonic - start < launch.within {
      if let outcome = process.outcome {
        throw TargetError("the launched target \(outcome) before it was ready\(tail(session))", kind: .connection)
      }
      do {
        let request = try launch.ready.map { try session.request($0, [:]) } ?? WireRequest(url: session.baseURL + "/")
        let status = try await session.client.send(request, timeout: min(2, launch.within)).response.status
        guard let ready = launch.ready else { return }
        if ready.statuses?.contains(status) ?? (200..<300).contains(status) { return }
        last = "\(request.method) \(request.url) answered \(status)"
      } catch let error as TransportError {
        last = error.message
      } catch {
        throw TargetError("the target cannot be launched: \(error)")
      }
      do { try await session.stop.sleep(seconds: 0.025) } catch {
        throw TargetError("the launch was given up: \(error)")
      }
    }
    throw TargetError(
      "the launched target was not ready within \(launch.within.plain(decimals: 1)) s: \(last)\(tail(session))",
      kind: .timeout)
  }

  private func tail(_ session: TargetSession) -> String {
    let lines = session.redactor.redact(process.lastLines)
    return lines.isEmpty ? "; it printed nothing" : "; it printed last:\n\(lines)"
  }

  /// Tells how it ended as soon as it ends by itself; returns nothing where it is stopped.
  public func unexpectedEnd(_ session: TargetSession) async -> RunStopped? {
    guard let outcome = await process.unexpectedEnd() else { return nil }
    var stopped = RunStopped(reason: "the launched target \(outcome) during the run")
    stopped.detail = tail(session)
    return stopped
  }

  /// Ends the program and everything that it started.
  public func stop() async { await process.stop() }
}
