// Starts the target of a run, runs the cases against it, and stops it.

import CPosix
import ConformanceModel
import Execution
import Glibc
import HTTPModel
import HTTPTransport
import JSONValue
import Redaction
import ReferenceService
import Reporting
import RunEvents

extension RunSession {
  /// What launching the target adds to the values of its file.
  private struct Launch {
    var values: [String: JSON] = [:]
    var command: Target.LaunchCommand?
    var folder = ""
    /// The certificate to trust, in PEM; `nil` if the options and the file say it.
    var authority: String?
  }

  func withTarget(_ log: RunLogWriter, _ pending: PendingFile, _ environment: [String: String]) async throws
    -> ExitStatus
  {
    switch plan.target.launch {
    case nil: return try await runCases(log, pending, Launch(), environment)
    case .referenceService(let tls):
      try OpenFiles.require(OpenFiles.ofReferenceService)
      var configuration = ReferenceServiceConfiguration(managerKey: RandomText.key())
      if tls { configuration.identity = try ServiceIdentity.made() }
      return try await withReferenceService(configuration) { service in
        let values: JSON = ["url": .string(service.url), "manager-key": .string(service.managerKey)]
        var launch = Launch(values: ["service": values])
        launch.authority = configuration.identity?.certificate
        return try await runCases(log, pending, launch, environment)
      }
    case .command(let command):
      let folder = try LaunchFolder()
      defer { folder.remove() }
      let values = try LaunchedTarget.values(for: command, folder: folder.path)
      return try await runCases(
        log, pending, Launch(values: values, command: command, folder: folder.path), environment)
    }
  }

  private func runCases(
    _ log: RunLogWriter, _ pending: PendingFile, _ launch: Launch, _ environment: [String: String]
  ) async throws -> ExitStatus {
    let redactor = SecretRedactor()
    if let key = launch.values["service"]?["manager-key"]?.string { redactor.register(key, as: "MANAGER_KEY") }
    let (client, jobs) = try makeClient(trusting: launch.authority)
    var options = options
    options.jobs = jobs
    // what a killed run has sent matters if clients stay at the target, or if cases go on later
    options.defersEvents = resumption == nil && plan.target.environment != .live && plan.target.clock != .wall
    let session = try TargetSession(
      target: plan.target, transport: client, makeTransport: { try HTTPClient(client.options) }, redactor: redactor,
      environment: environment, launched: launch.values, runID: RandomText.identifier())
    // a report on the standard output needs it for itself
    let output = arguments.report.takesOutput ? STDERR_FILENO : STDOUT_FILENO
    let console = Console(style: style) { [isQuiet] in if !isQuiet { Output.emit($0, to: output) } }
    Signals.listen { [stopping] name in
      stopping.stop("interrupted by \(name)")
      session.giveUp()
    }
    let target: LaunchedTarget?
    do {
      target = try await start(launch, session, at: options.start)
    } catch {
      await client.shutdown()
      guard let reason = stopping.reason else { throw error }
      return couldNotStart("\(reason) before the target was ready", status: .interrupted)
    }
    if let target { useClock(of: target, &options) }
    // first the pending cases, so that the log never lacks a state that it calls pending
    let logging = LogListener(log: log, failed: { [stopping] in stopping.stop($0.description) }, lastEvent: lastEvent)
    var listeners: [any EventListener] = [observer, pending, logging, ConsoleListener(console: console)]
      .compactMap(\.self)
    if arguments.trace { listeners.append(TraceListener()) }
    // in a large run the time is nothing, and the tables of the secrets make room for the reports first
    let draft = draftsReports && !isLarge ? RunDraft(arguments.report, log) : nil
    let runner = Runner(
      plan: plan, session: session, options: options, clock: target?.clock, listeners: listeners, drafter: draft)
    stopping.connect { runner.stop($0) }
    let watch = Task { if let end = await target?.unexpectedEnd() { runner.stop(end) } }
    let park: @Sendable (PendingState) -> Void = { pending.add($0) }
    let unusable =
      if let resumption {
        await runner.resume(resumption.due, invariants: resumption.invariants, park: park)
      } else {
        await runner.run(park: park)
      }
    watch.cancel()
    if keepsTarget {
      let status = try finish(log, console, pending, unusable, draft)
      if stopping.reason == nil { await keep(target, at: session.baseURL) }
      await target?.stop()
      await client.shutdown()
      return status
    }
    await target?.stop()
    async let closed: Void = client.shutdown()
    // the output of a launched program may still be copied, without secrets
    if isLarge, target == nil { forgetSecrets(redactor) }
    let status = try finish(log, console, pending, unusable, draft)
    await closed
    return status
  }

  private var isLarge: Bool { plan.caseCount > 10_000 }

  /// Makes room for the reports.
  private func forgetSecrets(_ redactor: SecretRedactor) {
    // otherwise what is freed stays with the thread that allocated it
    cposix_keep_memory(128 << 10)
    redactor.end()
    cposix_return_memory()
    cposix_keep_memory(64 << 20)
  }

  private func start(_ launch: Launch, _ session: TargetSession, at instant: SimulatedInstant) async throws
    -> LaunchedTarget?
  {
    guard let command = launch.command else { return nil }
    return try await session.launch(command, at: instant, folder: launch.folder, output: "\(reports)/target.log")
  }

  /// Reports how the clock of the launched target is simulated, and starts a Go program so late that its times follow.
  private func useClock(of target: LaunchedTarget, _ options: inout RunOptions) {
    var notes = target.clockNote.map { [RunFact("target.clock.injection", $0)] } ?? []
    if let program = target.goProgram, !options.startIsGiven, options.start < GoTime.firstWithoutReading {
      options.start = GoTime.start
      notes.append(RunFact("target.clock.start", GoTime.reason(program)))
    }
    for note in notes { Output.error("note: \(note.value)") }
    options.environment += notes
  }

  /// A client with a connection for each running case, as far as the limit of open files permits; with fewer
  /// connections fewer cases run at the same time.
  private func makeClient(trusting authority: String?) throws -> (HTTPClient, jobs: Int) {
    var transport = arguments.transport.options
    if transport.caFile == nil { transport.authority = authority }
    transport.httpVersion = plan.target.httpVersion ?? .http1
    let wanted = max(options.jobs, transport.maxConnections)
    let room = try OpenFiles.connections(wanted, hasBothEnds: plan.target.launch?.isReferenceService == true)
    if room < options.jobs {
      Output.error(
        "note: only \(room) of \(options.jobs) cases run at the same time, because of the limit of open files; "
          + "see ulimit -n")
    }
    transport.maxConnections = min(wanted, room)
    transport.maxOpenConnections = room
    return (try HTTPClient(transport), min(options.jobs, room))
  }
}
