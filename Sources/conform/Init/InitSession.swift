// The steps of init, in the order in which a person knows things.

import ConformanceModel
import Execution
import FoundationEssentials
import Glibc
import HTTPModel
import HTTPTransport
import JSONValue
import Redaction
import ScenarioFiles

final class InitSession {
  let file: String
  let options: InitOptions
  var transport: TransportOptions
  /// Another one once the certificate of the client is known.
  var client: HTTPClient
  let redactor = SecretRedactor()
  let questions: Questions
  var draft = TargetDraft()
  /// The registration endpoint of the metadata.
  var registrationURL: String?
  /// The ways of client authentication that the options or the metadata name.
  var ways: [ClientAuthentication] = [.basic]
  /// Whether the token endpoint comes from metadata.
  var tokenURLFound: String?
  /// Why the token endpoint is probably not one; a token removes it.
  var doubt: String?
  var token: String?
  /// That of a set that was replaced after it.
  var tokenOfOldSet: String?
  /// Those by which it was issued.
  var credentials: TargetTrial.Credentials?
  /// What was not tried, with the reason.
  var untried: [String] = []
  let clients: MadeClients
  /// The program that conform launched, to be tried.
  var launched: LaunchedTarget?
  var launchFolder: LaunchFolder?
  var launchValues: [String: JSON] = [:]
  /// A clock that needs the launched program, which is not known yet.
  var pendingClock: TargetDraft.ClockDraft?
  private var isAllowed: Bool?

  init(file: String, options: InitOptions, transport: TransportOptions, client: HTTPClient) {
    self.file = file
    self.options = options
    self.transport = transport
    self.client = client
    questions = Questions(redactor: redactor)
    clients = MadeClients()
  }

  var tries: Bool { !options.skipsProbes }

  /// - Throws: `StartError` if nothing can be written.
  func run() async throws {
    let clients = clients, questions = questions
    Signals.listen { _ in
      // what a request made is deleted before the process ends
      Task.detached {
        for line in await clients.deleteAll() { questions.say(line) }
        exit(ExitStatus.interrupted.rawValue)
      }
    }
    draft.name = options.name
    draft.tokenParameters = try options.tokenParameters.map(InitSession.parameter)
    try await findBase()
    try await findTokenEndpoint()
    try await findAuthentication()
    try await findClients()
    try await findInbound()
    try await tryEndpoints()
    try await findClock()
    try await findLaunch()
    if let doubt { throw StartError(.couldNotRun, "the token endpoint \(doubt)\(Questions.unwritten)") }
    for line in await clients.deleteAll() { questions.say(line) }
    try await finish()
  }

  /// Ends the launched program, and deletes what was made.
  func cleanUp() async {
    for line in await clients.deleteAll() { questions.say(line) }
    await stopLaunched()
  }

  func stopLaunched() async {
    await launched?.stop()
    launched = nil
    launchFolder?.remove()
    launchFolder = nil
    launchValues = [:]
  }

  // MARK: - Trying

  /// The draft as it will really run.
  ///
  /// - Throws: `Refusal` with every mistake.
  func target() throws(Refusal) -> Target {
    do throws(Diagnostics) { return try Target.load(file, text: draft.yaml) } catch {
      throw Refusal(error.list.map(\.message).joined(separator: "; "))
    }
  }

  func session() throws -> TargetSession {
    let target = try target()
    var environment = ProcessInfo.processInfo.environment
    for variable in target.variables {
      // an editor leaves a line break at the end of a file
      environment[variable.name] = environment[variable.name]?.trimmed
    }
    let options = client.options
    return try TargetSession(
      target: target, transport: client, makeTransport: { try HTTPClient(options) }, redactor: redactor,
      environment: environment, launched: launchValues, runID: RandomText.identifier())
  }

  /// Sends a request of the draft.
  ///
  /// - Throws: `Refusal` if it cannot be sent, or gets no response.
  func attempt<Value>(_ body: (TargetTrial) async throws -> Value) async throws(Refusal) -> Value {
    do { return try await body(try TargetTrial(try session())) } catch let refusal as Refusal {
      throw refusal
    } catch let error as TransportError {
      throw Refusal(error.message, .couldNotRun)
    } catch {
      throw Refusal("\(error)", .couldNotRun)
    }
  }

  /// Whether something may be made at the service. A service on this machine is one to be tested.
  func mayChange(_ what: String) -> Bool {
    guard tries else { return false }
    if options.allowsChanges || isLocal { return true }
    let answer = isAllowed ?? questions.confirm("\(draft.baseURL) is not on this machine. \(what)?")
    if !answer { isAllowed = false }
    return answer
  }

  var isLocal: Bool { Proxies.isLoopback(draft.baseURL) }

  func leaveUntried(_ what: String, _ reason: String) {
    untried.append(what)
    if tries { questions.say("\(what): not tried, since \(reason)") }
  }

  /// `NAME=VALUE`
  private static func parameter(_ text: String) throws -> (name: String, value: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw StartError(.usageError, "--token-param: expected NAME=VALUE, such as scope=orders")
    }
    return (parts[0], parts[1])
  }

  /// The words of a program, separated by blanks; quotes keep blanks together.
  static func words(_ text: String) throws(Refusal) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in text {
      switch character {
      case quote: quote = nil
      case "'" where quote == nil, "\"" where quote == nil:
        quote = character
        word = word ?? ""
      case " " where quote == nil, "\t" where quote == nil:
        if let done = word { words.append(done) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else { throw Refusal("a quote is not closed") }
    if let word { words.append(word) }
    guard !words.isEmpty else { throw Refusal("nothing was given; expected a program and its arguments") }
    return words
  }
}

/// The clients that were made to try the file, which are deleted at the end.
final class MadeClients: Sendable {
  private let all = Locked<[(session: TargetSession, client: JSON)]>([])

  func add(_ client: JSON, of session: TargetSession) { all.withLock { $0.append((session, client)) } }

  /// It is deleted already.
  func remove(_ client: JSON) { all.withLock { $0.removeAll { $0.client == client } } }

  /// - Returns: A line about each client.
  func deleteAll() async -> [String] {
    let made = all.withLock { all in
      defer { all = [] }
      return all
    }
    var lines: [String] = []
    for (session, client) in made {
      let id = SafeText.oneLine(client["id"]?.string ?? "", longest: 80)
      do {
        try await session.delete(client, .first)
        lines.append("the client \(id) that was made is deleted again")
      } catch {
        lines.append("the client \(id) that was made is left at the service: it cannot be deleted (\(error))")
      }
    }
    return lines
  }
}
