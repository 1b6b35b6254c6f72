// How the time of the service can be moved, and what conform launches.

import ConformanceModel
import Execution
import FoundationEssentials
import HTTPModel
import JSONValue
import Redaction

extension InitSession {
  func findClock() async throws {
    let words = ClockWord.allCases.map { "\($0.rawValue) (\($0.meaning))" }.joined(separator: ", ")
    let fallback = draft.launch.isEmpty ? wayOfOptions ?? .wall : .process
    let question = Question("how its time can be moved: \(words)", "--clock", fallback: fallback.rawValue)
    let given = options.clock ?? (draft.launch.isEmpty ? wayOfOptions : .process)
    let way = try await questions.ask(question, given: given?.rawValue) { text throws(Refusal) in
      guard let word = ClockWord(rawValue: text.lowercased()) else {
        throw Refusal("expected one of: \(ClockWord.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return word
    }
    switch way {
    case .wall: draft.clock = .wall
    // these need the launched program, which is asked for next
    case .process: if launched == nil { pendingClock = .process }
    case .faketime: if launched == nil { pendingClock = .faketime }
    case .http: try await useRequestsOfClock()
    case .command: try await useCommandOfClock()
    }
  }

  private var wayOfOptions: ClockWord? {
    if options.clockAdvance != nil { return .http }
    return options.clockCommand == nil ? nil : .command
  }

  private func useRequestsOfClock() async throws {
    let question = Question("the request that sets its clock, such as PUT /control/clock", "--clock-advance")
    var advance = try await questions.ask(question, given: options.clockAdvance) { text throws(Refusal) in
      TargetDraft.RequestDraft(line: try InitSession.requestLine(text))
    }
    let body = Question("its JSON body", "--clock-json", fallback: #"{"now":"${instant}"}"#)
    advance.json = try await questions.ask(body, given: options.clockJSON) { text throws(Refusal) in
      try InitSession.json(text)
    }
    if case .requests(let requests) = draft.clients { advance.headers = requests.first?.request.headers ?? [] }
    draft.clock = .http(advance: advance, read: nil)
    try await refuse("clock") { _ = try self.target() }
    guard mayChange("Advance its clock by an hour") else {
      return leaveUntried("the clock", "nothing may be made there")
    }
    let read = try await readRequest(advance)
    draft.clock = .http(advance: advance, read: read)
    if let read {
      questions.propose("clock: { read: { request: \(read.line), answer: { now: \(read.answer[0].pointer) } } }")
    }
    try await refuse("clock") { try await self.tryClock() }
  }

  /// The named request that shows the time, or that of the same URL, if its response shows one.
  private func readRequest(_ advance: TargetDraft.RequestDraft) async throws -> TargetDraft.RequestDraft? {
    let named = options.clockRead
    var read = TargetDraft.RequestDraft(line: "GET \(advance.url)", headers: advance.headers)
    if let named {
      read = try await questions.ask(Question("", "--clock-read"), given: named) { text throws(Refusal) in
        TargetDraft.RequestDraft(line: try InitSession.requestLine(text), headers: advance.headers)
      }
    }
    for name in ["now", "time", "clock", "instant", "epoch", "current", "timestamp", "date"] {
      read.answer = [("now", "/\(name)")]
      draft.clock = .http(advance: advance, read: read)
      if let clock = try? await attempt({ $0.clock }), let shown = try? await clock.read() {
        questions.say("\(read.line): shows \(shown)")
        return read
      }
    }
    guard named == nil else {
      throw StartError(.couldNotRun, "--clock-read: the response shows no time\(Questions.unwritten)")
    }
    return nil
  }

  private func useCommandOfClock() async throws {
    let question = Question("the program that sets its clock, such as ./set-clock ${epoch}", "--clock-command")
    let words = try await questions.ask(question, given: options.clockCommand) { text throws(Refusal) in
      try InitSession.words(text)
    }
    draft.clock = .command(words)
    try await refuse("clock") { _ = try self.target() }
    guard mayChange("Advance its clock by an hour") else {
      return leaveUntried("the clock", "nothing may be made there")
    }
    try await refuse("clock") { try await self.tryClock() }
  }

  /// Advances the clock by an hour, and reads it back.
  private func tryClock() async throws(Refusal) {
    try await attempt { trial in
      guard let clock = trial.clock else { return }
      guard let before = try await clock.read() else {
        throw Refusal("the clock shows no time: its responses have no Date header; name --clock-read", .couldNotRun)
      }
      let wanted = SimulatedInstant(seconds: before.seconds + 3600)
      let after = try await clock.advance(to: wanted).after
      self.questions.say("clock: showed \(before), was set to \(wanted), and shows \(after?.description ?? "nothing")")
    }
  }

  /// A refusal is the end, since it is about more than one value.
  private func refuse(_ what: String, _ body: () async throws -> Void) async throws {
    do { try await body() } catch let refusal as Refusal {
      throw StartError(refusal.status, "\(what): \(redactor.redact(refusal.reason))\(Questions.unwritten)")
    }
  }

  // MARK: - The launched program

  func findLaunch() async throws {
    guard launched == nil, draft.launch.isEmpty else { return }
    let needsProgram = pendingClock != nil
    let question = Question(
      "the program that conform launches, such as ./serve --port ${port}"
        + (needsProgram ? "" : "; empty: it runs already"),
      "--launch", fallback: needsProgram ? nil : "")
    let typed = draft.baseURL
    try await questions.ask(question, given: nil) { text in
      guard !text.isEmpty || needsProgram else { return }
      self.draft.launch = try InitSession.words(text)
      if let clock = self.pendingClock { self.draft.clock = clock }
      let usesPort = self.draft.launch.contains { $0.contains("${port}") }
      guard usesPort || !self.tries else {
        throw Refusal("the running service has its port already; write ${port}, which is a free one")
      }
      if usesPort { self.movePort() }
      do {
        _ = try self.target()
        if self.tries { try await self.tryLaunch() } else { self.explainStart() }
      } catch {
        (self.draft.launch, self.draft.baseURL, self.draft.clock) = ([], typed, .wall)
        throw error
      }
      if self.options.environment == nil { self.draft.environment = .disposable }
    }
  }

  /// The launched program listens on the port that conform gives it.
  func movePort() {
    let path = draft.baseURL.dropFirst(URLInput.origin(of: draft.baseURL)?.count ?? draft.baseURL.count)
    draft.baseURL = "http://127.0.0.1:${port}\(path)"
    questions.propose("base-url: \(draft.baseURL)")
  }

  /// Launches the program, and checks that its clock moves. It stays, to be tried.
  ///
  /// - Throws: `Refusal` with what it printed.
  func tryLaunch() async throws {
    await stopLaunched()
    do {
      let folder = try LaunchFolder()
      launchFolder = folder
      guard case .command(let command) = try target().launch else { return }
      launchValues = try LaunchedTarget.values(for: command, folder: folder.path)
      let session = try session()
      let target = try await session.launch(
        command, at: .documented, folder: folder.path, output: Path.join(folder.path, "target.log"))
      launched = target
      questions.say("launch: \(draft.launch[0]) responds at \(session.baseURL)")
      guard let clock = target.clock else { return }
      if let obstacle = try await clock.prove(from: .documented) { throw Refusal(obstacle, .couldNotRun) }
      questions.say("clock: the launched program shows \(SimulatedInstant.documented), as it was set")
      explainStart(target.goProgram)
    } catch let refusal as Refusal {
      await stopLaunched()
      throw refusal
    } catch {
      await stopLaunched()
      throw Refusal("\(error)", .couldNotRun)
    }
  }

  /// Says when the simulated time of a Go program starts, and why.
  ///
  /// - Parameter program: The path of the one that runs; without it, the file that is launched is looked at.
  func explainStart(_ program: String? = nil) {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    guard let program = program ?? (try? target()).flatMap({ GoTime.program(of: $0, path: path) }) else { return }
    questions.say("clock: \(GoTime.reason(program))")
  }
}
