// Expectations as sentences.

import ConformanceModel
import JSONValue

extension Prose {
  /// All expectations of a response: what must hold first, then what should hold.
  static func outcome(_ expectations: [Expectation]) -> Prose {
    let must = expectations.filter { $0.severity == .must && !$0.binds }.map { of($0.subject) }
    let always = expectations.filter(\.binds).map { of($0.subject) }
    let should = expectations.filter { $0.severity != .must }.map { of($0.subject) }
    var words = must.chained
    if !always.isEmpty { words += must.isEmpty ? always.chained : "; in any case \(always.chained)" }
    if !should.isEmpty { words += words.isEmpty ? "ideally \(should.chained)" : "; ideally \(should.chained)" }
    return words
  }

  static func of(_ subject: Expectation.Subject) -> Prose {
    switch subject {
    case .success(let kind): kind.success
    case .status(let matcher): "the status \(matcher.words)"
    case .header(let name, let matcher): "the header \(code: name) \(matcher.words)"
    case .mediaType(let type): "the media type is \(code: type)"
    case .json(let matcher): "the JSON body \(matcher.words)"
    case .xml(let path, let matcher): "\(code: path) in the XML body \(matcher.words)"
    case .text(let matcher): "the body \(matcher.words)"
    case .someText(.not(let inner)): "no text in the body \(inner.words)"
    case .someText(let matcher): "a text in the body \(matcher.words)"
    case .duration(let matcher): "the duration in seconds \(matcher.words)"
    case .error(let matcher): "the error code \(matcher.words)"
    case .challenge(let scheme, let matcher): challenge(scheme, matcher)
    case .listed(let names):
      "\(names.map { Prose("\(code: $0)") }.listed()) \(text: names.count == 1 ? "is" : "are") listed, once"
    case .unlisted(let names):
      "\(names.map { Prose("\(code: $0)") }.listed()) \(text: names.count == 1 ? "is" : "are") not listed"
    case .delivered(let deliveries): delivered(deliveries)
    case .received(let payloads): received(payloads)
    case .saved(let matcher): "the saved value \(matcher.words)"
    case .interim(let matcher): "the list of interim statuses \(matcher.words)"
    case .noSecrets: "the response contains no secret and no token of another response"
    case .succeeded(.equals(.literal(1))): "exactly one of them succeeds"
    case .succeeded(let matcher): "the number of those that succeed \(matcher.words)"
    case .different(let value): "each of them has another \(code: value.path.joined(separator: "."))"
    case .equal(let value): "all of them have the same \(code: value.path.joined(separator: "."))"
    }
  }

  private static func challenge(_ scheme: String, _ matcher: Matcher) -> Prose {
    guard case .object(let members) = matcher, !members.isEmpty else {
      return "the response has a \(code: scheme) challenge"
    }
    let parameters = members.map { Prose("\(code: $0.name) \($0.matcher.words)") }
    return "the response has a \(code: scheme) challenge whose \(parameters.listed())"
  }

  private static func delivered(_ deliveries: [Expectation.Delivery]) -> Prose {
    if deliveries.count > 3, let first = deliveries.first, deliveries.allSatisfy({ $0.times == first.times }) {
      return "each of the \(deliveries.count) payloads was received \(times(first.times))"
    }
    return deliveries.map { Prose("\(code: $0.payload) was received \(times($0.times))") }.listed()
  }

  private static func received(_ payloads: [Expectation.ReceivedPayload]) -> Prose {
    payloads.flatMap { payload in
      payload.details.map {
        Prose("the inbox shows a \(code: $0.name) of \(code: payload.payload) that \($0.matcher.words)")
      }
    }.listed()
  }

  private static func times(_ matcher: Matcher) -> Prose {
    if case .equals(.literal(let json)) = matcher, let count = json.int {
      return count == 0 ? "not at all" : count == 1 ? "once" : count == 2 ? "twice" : "\(count) times"
    }
    return "a number of times that \(matcher.words)"
  }
}

extension StepActionKind {
  fileprivate var success: Prose {
    switch self {
    case .createClient: "the client is created"
    case .listClients: "the list is returned"
    case .showClient: "the client is returned"
    case .replaceClient: "the new credentials are generated"
    case .deleteClient: "the client is deleted"
    case .requestToken: "the token is issued"
    case .postPayload: "the payload is accepted"
    case .showReceipt: "the receipt is found"
    case .readInbox: "the inbox is returned"
    case .http: "a response is received"
    case .wait, .restartTarget, .repeat, .concurrently: "the steps succeed"
    }
  }
}

extension Matcher {
  /// A predicate: `is 401`, `matches /…/`.
  var words: Prose { predicate(holds: true) }

  private func predicate(holds: Bool) -> Prose {
    switch self {
    case .equals(let template): holds ? "is \(code: template.shown)" : "is not \(code: template.shown)"
    case .matches(let template):
      holds
        ? "matches \(code: "/\(template.shown(atMost: 400))/")"
        : "does not match \(code: "/\(template.shown(atMost: 400))/")"
    case .unlike(let template):
      "\(text: holds ? "differs" : "does not differ") from \(code: template.shown) in at least twelve places"
    case .contains(.equals(let template)):
      holds ? "contains \(code: template.shown)" : "does not contain \(code: template.shown)"
    case .contains(let inner): "\(text: holds ? "has" : "does not have") an item that \(inner.words)"
    case .lists(let names):
      "\(text: holds ? "lists" : "does not list") \(names.map { Prose("\(code: $0.shown)") }.listed())"
    case .oneOf(let choices): holds ? oneOf(choices) : choices.map { $0.predicate(holds: false) }.listed()
    case .among(let template): "\(text: holds ? "is" : "is not") what the target declares (\(code: template.shown))"
    case .type(let type): "\(text: holds ? "is" : "is not") of type \(text: type.rawValue)"
    case .length(let inner): "has a length that \(inner.predicate(holds: holds))"
    case .above(let limit): "\(text: holds ? "is" : "is not") more than \(code: limit.shown)"
    case .below(let limit): "\(text: holds ? "is" : "is not") less than \(code: limit.shown)"
    case .atLeast(let limit): "\(text: holds ? "is" : "is not") at least \(code: limit.shown)"
    case .atMost(let limit): "\(text: holds ? "is" : "is not") at most \(code: limit.shown)"
    case .absent(let absent): absent == holds ? "is absent" : "is present"
    case .not(let inner): inner.predicate(holds: !holds)
    case .each(let inner): "\(text: holds ? "has" : "does not have") items each of which \(inner.words)"
    case .eachMember(let inner): "\(text: holds ? "has" : "does not have") members each of which \(inner.words)"
    case .uniqueMembers(let isUnique): isUnique == holds ? "has each member once" : "has a member more than once"
    case .object(let members), .exactly(let members): object(members, holds)
    case .array(let items): "\(text: holds ? "is" : "is not") a list of \(items.count) items"
    case .all(let all): all.map { $0.predicate(holds: holds) }.listed(holds ? "and" : "or")
    case .statusClass(let hundred): "\(text: holds ? "is" : "is not") \(code: "\(hundred)xx")"
    }
  }

  private func oneOf(_ choices: [Matcher]) -> Prose {
    let values = choices.compactMap { choice -> Prose? in
      switch choice {
      case .equals(let template): "\(code: template.shown)"
      case .statusClass(let hundred): "\(code: "\(hundred)xx")"
      default: nil
      }
    }
    guard values.count == choices.count else { return choices.map(\.words).listed("or") }
    return "is \(values.listed("or"))"
  }

  private func object(_ members: [Member], _ holds: Bool) -> Prose {
    guard !members.isEmpty else { return holds ? "is an object" : "is not an object" }
    let absent = members.filter { $0.matcher == .absent(true) }
    let parts = members.filter { $0.matcher != .absent(true) }.map {
      Prose("\(code: $0.name) that \($0.matcher.words)")
    }
    var words: [Prose] = []
    if !parts.isEmpty { words.append("\(text: holds ? "has" : "has no") \(parts.listed())") }
    if !absent.isEmpty {
      words.append(
        "\(text: holds ? "has no" : "has") \(absent.map { Prose("\(code: $0.name)") }.listed(holds ? "or" : "and"))")
    }
    return words.listed()
  }
}
