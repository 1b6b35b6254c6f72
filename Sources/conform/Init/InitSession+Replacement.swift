// The request that replaces a lost secret: tried, and what became of the old secret and its token.

import ConformanceModel
import Execution
import HTTPModel
import JSONValue
import Redaction

extension InitSession {
  private func replaceQuestion(_ create: TargetDraft.RequestDraft) -> Question {
    let list = String(create.url.prefix { $0 != "?" })
    return Question(
      "the request that generates a new set for a lost secret, such as POST \(list)/${client.id}/secret; empty: none",
      "--replace", fallback: "")
  }

  /// The named request; `nil` if there is none.
  func askReplaceRequest(_ create: TargetDraft.RequestDraft) async throws -> String? {
    let line = try await questions.ask(replaceQuestion(create), given: options.replace) { text throws(Refusal) in
      text.isEmpty ? text : try InitSession.requestLine(text)
    }
    return line.isEmpty ? nil : line
  }

  /// Asks for the request, and tries it on a client that has a token.
  ///
  /// - Returns: `nil` if there is none.
  func findReplacement(_ create: TargetDraft.RequestDraft, of client: JSON) async throws -> TargetDraft.RequestDraft? {
    try await questions.ask(replaceQuestion(create), given: options.replace) { text in
      guard !text.isEmpty else { return nil }
      var request = TargetDraft.RequestDraft(line: try InitSession.requestLine(text), headers: create.headers)
      request.answer = create.answer
      guard case .requests(let others) = self.draft.clients else { return nil }
      self.draft.clients = .requests(others + [(.replace, request)])
      defer { self.draft.clients = .requests(others) }
      let result = try await self.attempt { try await $0.perform(.replace, on: client) }
      let response = result.exchange.response
      let isFine = result.isSuccess && !ResponseText.isPage(response)
      self.questions.say("\(request.line): \(isFine ? ResponseText.line(response) : self.shown(response))")
      guard isFine else { throw Refusal("no new set was generated: \(self.shown(response))", .couldNotRun) }
      let found = try await self.locateNewSet(in: response, of: client, like: create)
      self.redactor.register(found.secret.text, as: "CLIENT_SECRET")
      request.answer = [
        ("id", found.id?.pointer ?? #"{ sent: "${client.id}" }"#), ("secret", found.secret.pointer),
      ]
      self.questions.propose("clients: { replace: { request: \(request.line), \(request.answerYAML) } }")
      let old = try InitSession.credentials(client)
      self.draft.clients = .requests(others + [(.replace, request)])
      try await self.observeReplacement(
        of: client, by: TargetTrial.Credentials(id: found.id?.text ?? old.id, secret: found.secret.text))
      return request
    }
  }

  /// Secret and id of the new set; no id if the response has none: then the client keeps its id.
  private func locateNewSet(
    in response: WireResponse, of client: JSON, like create: TargetDraft.RequestDraft
  ) async throws -> (id: ResponseValues.Leaf?, secret: ResponseValues.Leaf) {
    guard let values = ResponseValues(response.body), !values.leaves.isEmpty else {
      throw Refusal("the response is not JSON with a secret\(InitSession.byHand)", .couldNotRun)
    }
    let places = placesOfReplace
    /// The member that has the name of that of the creation.
    func namesake(_ part: String) -> ResponseValues.Leaf? {
      let pointer = create.answer.first { $0.name == part }?.pointer
      let name = pointer.flatMap { JSONPointer($0) }?.tokens.last
      return values.leaves.first { $0.tokens.last == name }
    }
    let guess = values.credentials(without: [])
    let secret: ResponseValues.Leaf
    if places.secret == nil, let found = namesake("secret") ?? guess.secret {
      secret = found
    } else {
      secret = try await locate("secret", in: values, given: places.secret, nil, places)
    }
    if let given = places.id { return (try await locate("id", in: values, given: given, nil, places), secret) }
    let kept = values.leaves.first { $0.text == client["id"]?.string }
    let id = kept ?? namesake("id") ?? guess.id
    return (id?.tokens == secret.tokens ? nil : id, secret)
  }

  /// Tries the new set, and the old one after it, and declares what it shows.
  ///
  /// - Throws: `Refusal` if the new set gets no token.
  func observeReplacement(of client: JSON, by new: TargetTrial.Credentials) async throws {
    let old = try InitSession.credentials(client)
    let way = draft.authentications.first(where: \.usesSecret) ?? draft.authentications[0]
    if new.id != old.id {
      clients.add(
        ["id": .string(new.id), "name": client["name"] ?? "", "secret": .string(new.secret ?? "")], of: try session())
    }
    let response = try await attempt { try await $0.requestToken(new, by: way) }
    guard response.status == 200, let token = accessToken(in: response) else {
      questions.say("token, by the new set: \(shown(response))")
      throw Refusal(
        "the new set gets no token: see the request, and where its response has id and secret", .couldNotRun)
    }
    questions.say("token, by the new set: \(ResponseText.line(response))")
    let again = try await attempt { try await $0.requestToken(old, by: way) }
    let stays = again.status == 200 && accessToken(in: again) != nil
    let identity = new.id == old.id ? "the client keeps its id" : "the new set has an id of its own"
    questions.say("token, by the old set: \(ResponseText.line(again)); \(identity)")
    let word = stays ? "old-set-stays" : "old-set-dies"
    draft.declare(.lostSecret, .string(word), always: true)
    questions.propose("behaviour: { lost-secret: \(word) }")
    tokenOfOldSet = self.token
    self.token = token
    credentials = new
  }

  /// Posts the payload with the token of the old set, and declares whether it ended.
  func observeTokenOfOldSet() async throws {
    guard let old = tokenOfOldSet else { return }
    let response = try await attempt { try await $0.postPayload(token: old) }
    questions.say("inbound URL, with a token of the replaced set: \(ResponseText.line(response))")
    switch response.status {
    case 200..<300: draft.declare(.tokensOfReplacedSet, "survive")
    case 401:
      draft.declare(.tokensOfReplacedSet, "end")
      questions.propose("behaviour: { tokens-of-a-replaced-set: end }")
    default: break
    }
  }
}
