// How clients are made: asked for, and tried at once.

import ConformanceModel
import Execution
import FoundationEssentials
import HTTPModel
import JSONValue
import Redaction

extension InitSession {
  func findClients() async throws {
    let words = ClientsWord.allCases.map { "\($0.rawValue) (\($0.meaning))" }.joined(separator: ", ")
    let question = Question("how clients are made: \(words)", "--clients", fallback: suggestedWay.rawValue)
    let given = options.clients ?? wayOfOptions
    while true {
      let way = try await questions.ask(question, given: given?.rawValue) { text throws(Refusal) in
        guard let word = ClientsWord(rawValue: text.lowercased()) else {
          let all = ClientsWord.allCases.map(\.rawValue).joined(separator: ", ")
          throw Refusal("expected one of: \(all)")
        }
        return word
      }
      do {
        switch way {
        case .static: try await useGivenClient()
        case .requests: try await useRequests()
        case .rfc7591: try await useRegistration()
        case .command: try await useCommand()
        case .prompt: try await usePrompt()
        }
        return
      } catch let refusal as Refusal {
        // a person can choose again
        guard questions.isTerminal, given == nil else {
          throw StartError(refusal.status, "clients: \(redactor.redact(refusal.reason))\(Questions.unwritten)")
        }
        questions.say("  \(refusal.reason)")
      }
    }
  }

  private var suggestedWay: ClientsWord { registrationURL == nil ? .static : .rfc7591 }

  /// The way to which a further option belongs.
  private var wayOfOptions: ClientsWord? {
    if options.create != nil { return .requests }
    if options.registrationURL != nil { return .rfc7591 }
    if options.clientsCommand != nil { return .command }
    if options.dashboard != nil { return .prompt }
    return options.idVariable != nil || options.secretVariable != nil ? .static : nil
  }

  // MARK: - Given credentials

  private func useGivenClient() async throws {
    let id = try await variable("the id of a client", "--id-variable", options.idVariable, "CLIENT_ID")
    var secret: String?
    if hasSecrets {
      secret = try await variable("its secret", "--secret-variable", options.secretVariable, "CLIENT_SECRET")
    }
    var key: String?
    if ways.contains(.privateKeyJWT) || options.keyVariable != nil {
      let name = try await variable(
        "its private key, in PEM; empty: none", "--key-variable", options.keyVariable, "", isOptional: true)
      if name.isEmpty {
        leaveOut(.privateKeyJWT, "no variable has the private key of a client")
      } else {
        key = name
        addPrivateKeys()
      }
    }
    draft.clients = .given(id: id, secret: secret, key: key)
    draft.authentications = ways
    _ = try target()
    let environment = ProcessInfo.processInfo.environment
    func value(_ name: String) -> String? { environment[name]?.trimmed }
    let missing = [id, secret, key].compactMap(\.self).filter { (value($0) ?? "").isEmpty }
    guard missing.isEmpty, let idValue = value(id) else {
      return leaveUntried("a token", "the environment does not set \(missing.joined(separator: " and "))")
    }
    guard tries else { return leaveUntried("a token", "--no-probe") }
    try await tryTokens(TargetTrial.Credentials(id: idValue, secret: secret.flatMap(value), key: key.flatMap(value)))
  }

  /// Asks for the name of an environment variable. What is not a name could be a secret, and is not repeated.
  private func variable(
    _ what: String, _ option: String, _ given: String?, _ fallback: String?, isOptional: Bool = false
  ) async throws -> String {
    let question = Question("the environment variable with \(what)", option, fallback: fallback)
    return try await questions.ask(question, given: given) { text throws(Refusal) in
      guard isOptional && text.isEmpty || text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
        throw Refusal("expected the name of an environment variable, such as CLIENT_SECRET")
      }
      return text
    }
  }

  // MARK: - Dynamic client registration

  private func useRegistration() async throws {
    let question = Question(
      "the registration endpoint, such as /register", "--registration-url", fallback: registrationURL)
    let url = try await questions.ask(question, given: options.registrationURL) { text throws(Refusal) in
      try self.endpoint(text, "/register")
    }
    let access = Question(
      "the environment variable with the initial access token; empty: none", "--initial-access-token-variable",
      fallback: "")
    let name = try await questions.ask(access, given: options.initialAccessTokenVariable) { text throws(Refusal) in
      guard text.wholeMatch(of: /([A-Za-z_][A-Za-z0-9_]*)?/) != nil else {
        throw Refusal("expected the name of an environment variable")
      }
      return text
    }
    draft.clients = .registration(url: url, tokenVariable: name.isEmpty ? nil : name, isManaged: true)
    draft.authentications = ways
    _ = try target()
    guard mayChange("Register a client") else { return leaveUntried("a client", "nothing may be made there") }
    let session = try session()
    let result = try await attempt { try await $0.perform(.create) }
    let response = result.exchange.response
    questions.say("registration: \(result.isSuccess ? ResponseText.line(response) : shown(response))")
    guard let made = result.client else {
      throw Refusal("no client was registered: \(problem(of: result, "client_id and client_secret"))", .couldNotRun)
    }
    let isManaged = made["registration"] != nil
    draft.clients = .registration(url: url, tokenVariable: name.isEmpty ? nil : name, isManaged: isManaged)
    if isManaged {
      clients.add(made, of: session)
      questions.propose("clients: { rfc7591: { url: \(url), managed: true } }")
    } else {
      questions.propose("clients: { rfc7591: { url: \(url) } }")
      questions.say("  the response has no registration_client_uri (RFC 7592): conform cannot delete clients there")
    }
    // it is registered for one way
    try await tryTokens(try InitSession.credentials(made), Array(draft.authentications.prefix(1)))
  }

  // MARK: - A program, and a person

  private func useCommand() async throws {
    let question = Question("the program that manages clients, such as ./manage-clients", "--clients-command")
    let words = try await questions.ask(question, given: options.clientsCommand) { text throws(Refusal) in
      try InitSession.words(text)
    }
    draft.clients = .command(words, operations: ClientManagement.allCases)
    draft.authentications = ways
    _ = try target()
    guard mayChange("Create a client with \(words[0])") else {
      return leaveUntried("a client", "nothing may be made there")
    }
    let session = try session()
    let made = try await attempt { try await $0.perform(.create) }.client
    guard let made else { throw Refusal("\(words[0]) printed no id and secret", .couldNotRun) }
    questions.say("\(words[0]) create: printed an id and a secret")
    clients.add(made, of: session)
    var working: [ClientManagement] = [.create]
    for operation in [ClientManagement.list, .show] {
      do {
        let result = try await attempt { try await $0.perform(operation, on: made) }
        if operation == .list, result.ids?.contains(made["id"]?.string ?? "") != true {
          throw Refusal("the new client is not listed")
        }
        working.append(operation)
        questions.say("\(words[0]) \(operation.rawValue): works")
      } catch let refusal as Refusal {
        questions.say("\(words[0]) \(operation.rawValue): \(refusal.reason)")
      }
    }
    try await tryTokens(try InitSession.credentials(made))
    let replaced: JSON?
    do {
      replaced = try await attempt { try await $0.perform(.replace, on: made) }.client
      questions.say("\(words[0]) replace: \(replaced == nil ? "printed no id and secret" : "works")")
    } catch {
      replaced = nil
      questions.say("\(words[0]) replace: \(error.reason)")
    }
    if let replaced {
      working.append(.replace)
      try await observeReplacement(of: made, by: try InitSession.credentials(replaced))
    }
    // it is tried when the client is deleted
    draft.clients = .command(words, operations: working + [.delete])
    questions.propose("clients: { operations: [\((working + [.delete]).map(\.rawValue).joined(separator: ", "))] }")
  }

  private func usePrompt() async throws {
    let question = Question(
      "the page on which a person creates clients, such as: Dashboard, tab Authentication", "--dashboard", fallback: "")
    let place = try await questions.ask(question, given: options.dashboard) { text in text }
    draft.clients = .prompt(place)
    leaveOut(.privateKeyJWT, "a person cannot register the keys that a run generates")
    draft.authentications = ways
    _ = try target()
    leaveUntried("a client", "a person manages the clients")
  }

  // MARK: -

  static func credentials(_ client: JSON) throws -> TargetTrial.Credentials {
    let key = client["key"]?.string
    guard let id = client["id"]?.string, client["secret"] != nil || key != nil else {
      throw Refusal("the response has no id and secret", .couldNotRun)
    }
    return TargetTrial.Credentials(id: id, secret: client["secret"]?.string, key: key, keyID: client["kid"]?.string)
  }

  /// Why a response made no client.
  func problem(of result: TargetTrial.ClientResult, _ wanted: String) -> String {
    let response = result.exchange.response
    if let reason = ResponseText.refutation(response) ?? ResponseText.doubt(response) {
      return "\(result.exchange.request.url) \(reason)"
    }
    guard result.isSuccess else { return "\(shown(response)); see its method, URL, credentials and body" }
    guard let values = ResponseValues(response.body) else { return "the response is not JSON" }
    let names = values.leaves.prefix(8).map(\.pointer).joined(separator: ", ")
    return "the response has no \(wanted)\(names.isEmpty ? "" : "; it has \(names)")"
  }
}
