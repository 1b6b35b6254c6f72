// Clients are made by requests of a management API: the places of values, and further requests, are found out.

import ConformanceModel
import Execution
import HTTPModel
import JSONValue
import Redaction
import ScenarioFiles

extension InitSession {
  func useRequests() async throws {
    let create = try await askCreateRequest()
    var requests = [(operation: ClientManagement.create, request: create)]
    draft.clients = .requests(requests)
    draft.authentications = ways
    _ = try target()
    draft.hasGuessedPlaces = false
    guard mayChange("Create a client by \(create.line), and delete it again") else {
      requests[0].request.answer = try places(placesOfCreate, or: create.answer)
      requests += try await further(create)
      draft.clients = .requests(requests)
      _ = try target()
      return leaveUntried("a client", "nothing may be made there")
    }
    let (found, client) = try await tryCreate(create)
    requests[0].request = found
    draft.clients = .requests(requests)
    // it cannot be deleted before it is known how
    let id = client["id"]?.string ?? ""
    let left = "  the client \(SafeText.oneLine(id, longest: 80)) that was made is left at the service; name --delete"
    let isDeleted: Bool
    do { isDeleted = try await findRequests(&requests, client) } catch {
      questions.say(left)
      throw error
    }
    draft.clients = .requests(requests)
    _ = try target()
    var used = client
    if isDeleted {
      let again = try await attempt { try await $0.perform(.create) }
      guard let second = again.client else {
        throw Refusal("a second client was not created: \(problem(of: again, "id and secret"))", .couldNotRun)
      }
      clients.add(second, of: try session())
      used = second
    } else {
      questions.say(left)
    }
    try await tryTokens(try InitSession.credentials(used))
    if hasSecrets, let replace = try await findReplacement(found, of: used) {
      // in the order of the guide
      let index = requests.firstIndex { $0.operation == .delete } ?? requests.endIndex
      requests.insert((.replace, replace), at: index)
    }
    draft.clients = .requests(requests)
    _ = try target()
  }

  private func askCreateRequest() async throws -> TargetDraft.RequestDraft {
    let question = Question("the request that creates a client, such as POST /admin/clients", "--create")
    var create = try await questions.ask(question, given: options.create) { text throws(Refusal) in
      TargetDraft.RequestDraft(line: try InitSession.requestLine(text))
    }
    let header = Question(
      "the header field that authorises it, such as Authorization: Bearer ${env.ADMIN_KEY}; empty: none",
      "--manager-header", fallback: "")
    create.headers = try await questions.ask(header, given: options.managerHeader) { text throws(Refusal) in
      try InitSession.headers(text)
    }
    let body = Question("its JSON body", "--create-json", fallback: #"{"name":"${name}"}"#)
    create.json = try await questions.ask(body, given: options.createJSON) { text throws(Refusal) in
      try InitSession.json(text)
    }
    try await askPublicKey(&create)
    create.answer = [("id", "/client_id")] + (hasSecrets ? [("secret", "/client_secret")] : [])
    return create
  }

  /// Creates a client, and finds its id and secret in the response, whatever they are called.
  private func tryCreate(_ create: TargetDraft.RequestDraft) async throws -> (TargetDraft.RequestDraft, JSON) {
    var create = create
    let result = try await attempt { try await $0.perform(.create) }
    let response = result.exchange.response
    questions.say("\(create.line): \(result.isSuccess ? ResponseText.line(response) : shown(response))")
    let sent = Set(ResponseValues(result.exchange.request.body ?? [])?.leaves.map(\.text) ?? [])
    guard result.isSuccess else {
      throw Refusal("no client was created: \(problem(of: result, "id and secret"))", .couldNotRun)
    }
    let found: (id: ResponseValues.Leaf, secret: ResponseValues.Leaf?)
    do { found = try await locateCredentials(in: response, without: sent) } catch {
      questions.say("  the client that was created may be left at the service")
      throw error
    }
    create.answer = [("id", found.id.pointer)]
    var members: [JSON.Member] = [.init("id", .string(found.id.text)), .init("name", "conform-init")]
    if let secret = found.secret {
      redactor.register(secret.text, as: "CLIENT_SECRET")
      create.answer.append(("secret", secret.pointer))
      members.append(.init("secret", .string(secret.text)))
    }
    // of the key that was registered
    members += ["key", "kid"].compactMap { name in result.client?[name].map { .init(name, $0) } }
    let answer = create.answer.map { "\($0.name): \($0.pointer)" }.joined(separator: ", ")
    questions.propose("clients: { create: { answer: { \(answer) } } }")
    return (create, .object(members))
  }

  /// Tries the named or guessed requests that show, list and delete a client.
  ///
  /// - Returns: Whether the client is deleted.
  private func findRequests(
    _ requests: inout [(operation: ClientManagement, request: TargetDraft.RequestDraft)], _ client: JSON
  ) async throws -> Bool {
    let create = requests[0].request
    let id = client["id"]?.string ?? ""
    for (operation, line, isGuess) in try candidates(create) {
      var request = TargetDraft.RequestDraft(line: line)
      request.headers = create.headers
      if operation == .list { request.answer = [("ids", "/*/id")] }
      draft.clients = .requests(requests + [(operation, request)])
      let result: TargetTrial.ClientResult
      do { result = try await attempt { try await $0.perform(operation, on: client) } } catch {
        guard isGuess else { throw error }
        continue
      }
      let response = result.exchange.response
      let isFine = result.isSuccess && !ResponseText.isPage(response)
      let came = isFine || isGuess ? ResponseText.line(response) : shown(response)
      questions.say("\(line): \(came)\(isGuess ? " (a guess)" : "")")
      var works = isFine
      var reason = came
      if operation == .list, works {
        let place =
          try options.listIDs.map { try self.place($0, "--list-ids") } ?? ResponseValues(response.body)?.list(with: id)
        request.answer = [("ids", place ?? "")]
        works = place != nil
        reason = "the response does not list the new client"
      }
      if operation == .show, works, let secret = client["secret"]?.string,
        ResponseValues(response.body)?.leaves.contains(where: { $0.text == secret }) == true
      {
        draft.declare(.secretOnShow, "shown")
        questions.propose("behaviour: { secret-on-show: shown }")
      }
      guard works else {
        guard isGuess else {
          throw Refusal("\(line): \(reason)", .couldNotRun)
        }
        continue
      }
      requests.append((operation, request))
      let answer = request.answer.map { "\($0.name): \($0.pointer)" }.joined(separator: ", ")
      questions.propose(
        "clients: { \(operation.rawValue): { request: \(line)\(answer.isEmpty ? "" : ", answer: { \(answer) }") } }")
      if operation == .delete { return true }
    }
    return false
  }

  /// The named requests, or those of a resource as most services have it. The last one deletes the client.
  private func candidates(_ create: TargetDraft.RequestDraft) throws -> [(ClientManagement, String, isGuess: Bool)] {
    let list = String(create.url.prefix { $0 != "?" })
    let one = (list.hasSuffix("/") ? list : list + "/") + "${client.id}"
    var all: [(ClientManagement, String, isGuess: Bool)] = []
    func add(_ operation: ClientManagement, _ option: String, _ named: String?, _ guess: String?) throws {
      do throws(Refusal) {
        if let line = try named.map(InitSession.requestLine) ?? guess { all.append((operation, line, named == nil)) }
      } catch {
        throw StartError(.usageError, "\(option): \(error.reason)\(Questions.unwritten)")
      }
    }
    try add(.list, "--list", options.list, "GET \(list)")
    try add(.show, "--show", options.show, "GET \(one)")
    try add(.delete, "--delete", options.delete, "DELETE \(one)")
    return all
  }

  /// The named requests, if nothing is tried. Places that no option names are guesses.
  private func further(_ create: TargetDraft.RequestDraft) async throws
    -> [(operation: ClientManagement, request: TargetDraft.RequestDraft)]
  {
    let named: [(operation: ClientManagement, line: String?)] = [
      (.list, options.list), (.show, options.show), (.replace, try await askReplaceRequest(create)),
      (.delete, options.delete),
    ]
    var requests: [(operation: ClientManagement, request: TargetDraft.RequestDraft)] = []
    for (operation, line) in named {
      guard let line else { continue }
      let parsed: String
      do throws(Refusal) { parsed = try InitSession.requestLine(line) } catch {
        throw StartError(error.status, "--\(operation.rawValue): \(error.reason)\(Questions.unwritten)")
      }
      var request = TargetDraft.RequestDraft(line: parsed)
      request.headers = create.headers
      if operation == .list {
        let place = try options.listIDs.map { try self.place($0, "--list-ids") }
        request.answer = [("ids", place ?? "/clients/*/client_id")]
        if place == nil { draft.hasGuessedPlaces = true }
      }
      if operation == .replace { request.answer = try places(placesOfReplace, or: create.answer) }
      requests.append((operation, request))
    }
    return requests
  }

  /// The places that options name; what they do not name is a guess.
  private func places(_ named: NamedPlaces, or guess: [(name: String, pointer: String)]) throws
    -> [(name: String, pointer: String)]
  {
    try guess.map { name, pointer in
      guard let text = name == "id" ? named.id : named.secret else {
        draft.hasGuessedPlaces = true
        return (name, pointer)
      }
      return (name, try place(text, named.option(name)))
    }
  }

  // MARK: - Input

  /// `POST /admin/clients`
  static func requestLine(_ text: String) throws(Refusal) -> String {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 2, words[0].allSatisfy({ $0.isASCII && $0.isUppercase }) else {
      throw Refusal("expected a method and a URL, such as POST /admin/clients")
    }
    if let refusal = URLInput.refusal(words[1], "/admin/clients") { throw Refusal(refusal) }
    return words.joined(separator: " ")
  }

  /// `NAME: VALUE`. A literal secret is refused, and not repeated.
  static func headers(_ text: String) throws(Refusal) -> [(name: String, value: String)] {
    guard !text.isEmpty else { return [] }
    let parts = text.split(separator: ":", maxSplits: 1).map { String($0).trimmed }
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
      throw Refusal("expected a header field, such as Authorization: Bearer ${env.ADMIN_KEY}")
    }
    if ConfidentialName.matches(parts[0]), !parts[1].contains("${") {
      throw Refusal(
        "a target file must not contain secrets; write \(SafeText.oneLine(parts[0], longest: 80)): ${env.NAME}, and set "
          + "the environment variable NAME")
    }
    return [(parts[0], parts[1])]
  }

  static func json(_ text: String) throws(Refusal) -> String {
    do throws(JSONError) { return try JSON(parsing: text).compact } catch {
      throw Refusal("expected JSON: \(ResponseText.place(of: error, in: Array(text.utf8)))")
    }
  }
}
