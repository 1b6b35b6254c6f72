// The inbound URL, and a payload that it accepts.

import ConformanceModel
import Execution
import HTTPModel
import JSONValue
import ScenarioFiles

extension InitSession {
  func findInbound() async throws {
    let question = Question("its inbound URL, such as /v1/acme/orders", "--inbound-url")
    var hidden: String?
    try await questions.ask(question, given: options.inboundURL) { text in
      self.draft.inboundURL = try self.endpoint(text, "/v1/acme/orders")
      _ = try self.target()
      guard self.tries else { return }
      let response = try await self.attempt { try await $0.postPayload(token: nil) }
      self.questions.say("inbound URL, without a token: \(ResponseText.line(response))")
      if let reason = ResponseText.refutation(response) { throw Refusal("\(text) \(reason)", .couldNotRun) }
      hidden = nil
      // a refusal is one, whatever its body
      let isRefusal = [401, 403].contains(response.status)
      if !isRefusal, let reason = ResponseText.doubt(response) {
        // a service may hide what a request without a token must not see
        guard self.token != nil else { throw Refusal("\(text) \(reason)", .couldNotRun) }
        hidden = "\(text) \(reason)"
      } else if response.headers.first("WWW-Authenticate") == nil {
        self.questions.say("  no WWW-Authenticate (RFC 6750 section 3 requires it)")
      }
    }
    try await findSample(hidden)
  }

  private func findSample(_ hidden: String?) async throws {
    let question = Question(
      "a payload that it accepts: JSON, XML or a file", "--sample", fallback: #"{"id":"${unique}"}"#)
    try await questions.ask(question, given: options.sample) { text in
      self.draft.sample = try self.sample(text)
      self.draft.hasGuessedSample = text == question.fallback && self.options.sample == nil
      _ = try self.target()
      guard let token = self.token else {
        if let hidden { throw Refusal(hidden, .couldNotRun) }
        return self.leaveUntried("the payload", self.tries ? "there is no token" : "--no-probe")
      }
      guard self.mayChange("Post the payload once") else {
        return self.leaveUntried("the payload", "nothing may be made there")
      }
      let response = try await self.attempt { try await $0.postPayload(token: token) }
      let isAccepted = (200..<300).contains(response.status)
      self.questions.say(
        "inbound URL, with a token and the payload: \(isAccepted ? ResponseText.line(response) : self.shown(response))")
      guard isAccepted, !ResponseText.isPage(response) else {
        throw Refusal(self.advice(response, hidden), .couldNotRun)
      }
      self.draft.hasGuessedSample = false
      let usual = Behaviour.payloadAccepted.defaultValue.array?.compactMap(\.int) ?? []
      if !usual.contains(response.status) {
        self.draft.declare(.payloadAccepted, [.int(response.status)])
        self.questions.propose("behaviour: { payload-accepted: [\(response.status)] }")
      }
      try await self.observeTokenOfOldSet()
    }
  }

  private func advice(_ response: WireResponse, _ hidden: String?) -> String {
    let line = "the payload is not accepted (\(shown(response)))"
    switch response.status {
    case 401, 403: return "\(line): the new token is refused; see the inbound URL and the token endpoint"
    case 404, 405, 410: return "\(line): see the inbound URL"
    default: return ResponseText.refutation(response).map { "the inbound URL \($0)" } ?? "\(line): name another"
    }
  }

  /// A payload as it was typed: a path in a target file is relative to that file.
  private func sample(_ text: String) throws(Refusal) -> TargetDraft.SampleDraft {
    switch text.first {
    case "{", "[": return .json(try InitSession.json(text))
    case "<": return .text(text)
    default:
      guard Library.hasFile(Path.join(Path.folder(of: file), text)) else {
        throw Refusal("neither JSON nor XML, and not a file in the folder of the target file: '\(text)'")
      }
      return .file(text)
    }
  }
}
