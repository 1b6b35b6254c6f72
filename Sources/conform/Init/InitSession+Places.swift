// Where a response has the id and the secret of a client: named by options, found by the names of members, or asked.

import ConformanceModel
import Execution
import HTTPModel
import JSONValue
import Redaction

extension InitSession {
  /// What the options say about the places of a response, and how they are called.
  struct NamedPlaces {
    /// The operation, as options and target files call it.
    var operation: ClientManagement
    var id: String?
    var secret: String?

    func option(_ part: String) -> String { "--\(operation.rawValue)-\(part)" }
  }

  var placesOfCreate: NamedPlaces {
    NamedPlaces(operation: .create, id: options.createID, secret: options.createSecret)
  }

  var placesOfReplace: NamedPlaces {
    NamedPlaces(operation: .replace, id: options.replaceID, secret: options.replaceSecret)
  }

  /// Id and secret in a response that created a client.
  ///
  /// - Parameter sent: Values of the request, which the response may repeat.
  /// - Throws: `Refusal` or `StartError` if nobody says where they are.
  func locateCredentials(in response: WireResponse, without sent: Set<String>) async throws -> (
    id: ResponseValues.Leaf, secret: ResponseValues.Leaf?
  ) {
    let places = placesOfCreate
    guard let values = ResponseValues(response.body), !values.leaves.isEmpty else {
      throw Refusal(
        "the response is not JSON with an id and a secret\(InitSession.byHand)", .couldNotRun)
    }
    let guess = values.credentials(without: sent)
    guard hasSecrets else {
      if places.id == nil, let id = guess.id { return (id, nil) }
      return (try await locate("id", in: values, given: places.id, guess.id, places), nil)
    }
    if places.id == nil, places.secret == nil, let id = guess.id, let secret = guess.secret { return (id, secret) }
    if places.id == nil || places.secret == nil {
      questions.say("  which members of the response are the id and the secret of the client?")
      for line in shown(values) { questions.say("    \(line)") }
    }
    let id = try await locate("id", in: values, given: places.id, guess.id, places)
    let others = guess.secret?.tokens == id.tokens ? nil : guess.secret
    let secret = try await locate("secret", in: values, given: places.secret, others, places)
    guard id.tokens != secret.tokens else {
      throw StartError(
        .usageError, "\(places.option("secret")): id and secret are different members\(Questions.unwritten)")
    }
    return (id, secret)
  }

  /// Takes a place from an option, or asks for it.
  func locate(
    _ part: String, in values: ResponseValues, given: String?, _ guess: ResponseValues.Leaf?, _ places: NamedPlaces
  ) async throws -> ResponseValues.Leaf {
    let members = values.leaves.prefix(InitSession.maxMembers).map(\.pointer).joined(separator: ", ")
    let question = Question(
      "the member with the \(part) of the client, one of \(members)", places.option(part), fallback: guess?.pointer,
      remark: InitSession.byHand)
    return try await questions.ask(question, given: given) { text throws(Refusal) in
      guard let leaf = values.leaf(named: text) else {
        throw Refusal("the response has no text or number at \(text.isEmpty ? "''" : text); it has \(members)")
      }
      return leaf
    }
  }

  /// What to do about a response whose values no JSON Pointer finds.
  static let byHand =
    "; if no member is it, write the file with --no-probe, and complete 'answer:' in it (JSON Pointer, xpath, regex or "
    + "header)"

  private static let maxMembers = 12

  /// The members, each with the start of its value: any can be a secret.
  private func shown(_ values: ResponseValues) -> [String] {
    let all = values.leaves.prefix(InitSession.maxMembers).map { leaf in
      let text = leaf.text
      let start = SafeText.oneLine(String(text.prefix(min(4, text.count / 3))))
      return "\(SafeText.oneLine(leaf.pointer)): \(start)… (\(text.count.counted("character")))"
    }
    let rest = values.leaves.count - all.count
    return rest > 0 ? all + ["… and \(rest) more"] : all
  }

  /// The place as an option has it, if nothing is tried.
  ///
  /// - Throws: `StartError` if it is not a JSON Pointer.
  func place(_ text: String, _ option: String) throws -> String {
    guard text.hasPrefix("/"), let pointer = JSONPointer(text) else {
      throw StartError(
        .usageError, "\(option): expected a JSON Pointer (RFC 6901), such as /data/id\(Questions.unwritten)")
    }
    return pointer.description
  }
}

extension ResponseValues {
  /// The member at a JSON Pointer, or the only one with this name.
  fileprivate func leaf(named text: String) -> Leaf? {
    if text.hasPrefix("/") { return JSONPointer(text).flatMap(leaf) }
    let named = leaves.filter { $0.tokens.last == text }
    return named.count == 1 ? named[0] : nil
  }
}
