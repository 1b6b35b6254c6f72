// Scenarios as sentences, for the document of the expected behaviour.

public import ConformanceModel
import HTTPModel
import JSONValue

/// A scenario as sentences, made from its steps.
public struct Narration: Sendable {
  /// The setup: `a client erp and a token of erp`.
  public var given: Prose
  /// `When 24h have passed, and the payload valid is posted with token, then the status is 401.`
  public var sentences: [Prose]

  public init(_ scenario: Scenario) {
    given = scenario.given.map(Narration.given).listed()
    sentences = Narration.sentences(scenario.steps)
    if !scenario.finally.isEmpty { sentences.append("In the end \(scenario.finally.map(\.phrase).chained).") }
  }

  /// An invariant as a sentence.
  public static func sentence(_ invariant: Invariant) -> Prose {
    let kinds =
      invariant.operations.isEmpty
      ? "any request" : invariant.operations.map { Prose(stringLiteral: $0.gerund) }.listed("or")
    let condition = invariant.condition.map { Prose.of($0.subject) }
    let when: Prose = condition.isEmpty ? "" : " if \(condition.listed())"
    return "In each response to \(kinds)\(when): \(Prose.outcome(invariant.expectations))."
  }

  private static func given(_ step: Step) -> Prose {
    switch step.operation {
    case .createClient(let name, let connector) where step.manager == nil:
      let named: Prose = step.savedAs.map { " \(code: $0)" } ?? ""
      let called: Prose = name.map { " called \(code: $0.shown)" } ?? ""
      return "a client\(named)\(called)\(connector.phrase)"
    case .requestToken(let request) where request.isPlain:
      let named: Prose = step.savedAs.map { " \(code: $0)" } ?? ""
      let of: Prose = request.client.map { " of \(code: $0)" } ?? ""
      return "a token\(named)\(of)"
    case .wait(.span(let span)): return "a wait of \(text: span.spoken)"
    case .wait(.until(let instant, let later)): return "a wait until \(text: later.spokenOffset)\(instant)"
    default: return step.phrase
    }
  }

  /// Steps up to the next expectation make a sentence.
  private static func sentences(_ steps: [Step]) -> [Prose] {
    var sentences: [Prose] = []
    var phrases: [Prose] = []
    for step in steps {
      phrases.append(step.phrase)
      let condition = step.condition.map { Prose.of($0.subject) }
      guard !step.expectations.isEmpty || !condition.isEmpty else { continue }
      var sentence: Prose = "When \(phrases.chained)"
      if !step.expectations.isEmpty { sentence += ", then \(Prose.outcome(step.expectations))" }
      if let polling = step.polling { sentence += ", within \(text: polling.within.description) of real time" }
      sentence += "."
      if !condition.isEmpty { sentence += " The other steps apply if \(condition.listed())." }
      sentences.append(sentence)
      phrases = []
    }
    if !phrases.isEmpty { sentences.append("\(phrases.chained.capitalized).") }
    return sentences
  }
}

extension Step {
  /// The action as part of a sentence, with its condition: `the payload valid is posted with token`.
  var phrase: Prose { when.map { "\(action) (only if \($0.phrase))" } ?? action }

  private var action: Prose {
    let who: Prose =
      switch manager {
      case nil: ""
      case .literal(.string(Stranger.none.rawValue)): " without authorization"
      case .literal(.string(Stranger.otherConnector.rawValue)): " by the manager of another connector"
      case .some(let template): " with the authorization \(code: template.shown)"
      }
    switch operation {
    case .createClient(let name, let connector):
      let named: Prose = savedAs.map { " \(code: $0)" } ?? ""
      let called: Prose = name.map { $0 == .literal(.null) ? " without a name" : " called \(code: $0.shown)" } ?? ""
      return "a client\(named)\(called) is created\(connector.phrase)\(who)"
    case .listClients(let connector): return "the clients are listed\(connector.phrase)\(who)"
    case .showClient(let client): return "the client \(code: client) is read\(who)"
    case .replaceClient(let client):
      let named: Prose = savedAs.map { " as \(code: $0)" } ?? ""
      return "new credentials are generated for \(code: client)\(named)\(who)"
    case .deleteClient(let client): return "the client \(code: client) is deleted\(who)"
    case .requestToken(let request): return request.phrase(savedAs)
    case .postPayload(let post): return post.phrase(savedAs)
    case .showReceipt(let payload, let token):
      let with: Prose = token.map { " with \(code: $0)" } ?? ""
      return "the receipt of \(code: payload) is looked up\(with)"
    case .readInbox(let connector): return "the inbox is read\(connector.phrase)"
    case .restartTarget(let signal):
      return "the service is \(text: signal == .kill ? "killed and started" : "restarted")"
    case .http(let request):
      return "\(code: "\(request.method) \(request.url.shown)") is sent\(request.edits.phrases)"
    case .wait(.span(let length)):
      let isOne = length.spoken.hasPrefix("1 ") && !length.spoken.contains("and") || length.fixed == nil
      return "\(text: length.spoken) \(text: isOne ? "has" : "have") passed"
    case .wait(.until(let instant, let later)): return "it is \(text: later.spokenOffset)\(instant)"
    case .wait(.expiry(let token, let later)):
      if later == .none { return "the announced expiry of \(code: token) is reached" }
      return "it is \(text: later.spokenOffset)the announced expiry of \(code: token)"
    case .repeat(let count, let steps): return "\(count) times in a row \(Step.inner(steps))"
    case .concurrently(let branches):
      if let first = branches.first, branches.allSatisfy({ $0 == first }) {
        return "\(branches.count) times at once \(Step.inner(first))"
      }
      return "at once \(branches.map { Step.inner($0) }.chained)"
    }
  }

  private static func inner(_ steps: [Step]) -> Prose {
    steps.map { step -> Prose in
      step.expectations.isEmpty ? step.phrase : "\(step.phrase) (\(Prose.outcome(step.expectations)))"
    }.chained
  }
}

extension StepCondition {
  fileprivate var phrase: Prose {
    let capabilities = capabilities.map { Prose("the target has \(code: $0.rawValue)") }
    let behaviours = behaviours.map { Prose("\(code: $0.behaviour.rawValue) is \(code: $0.value.plainText)") }
    let values = values.map { value in
      Prose("\(code: value.reference.path.joined(separator: ".")) \(value.matcher.words)")
    }
    return (capabilities + behaviours + values).listed()
  }
}

extension TokenRequest {
  /// It has only default values.
  fileprivate var isPlain: Bool {
    authentication == nil && id == nil && secret == nil && assertion == nil && parameters.isEmpty && paddedTo == nil
      && edits == RequestEdits()
  }

  fileprivate func phrase(_ savedAs: String?) -> Prose {
    let named: Prose = savedAs.map { " \(code: $0)" } ?? ""
    var phrase: Prose = "a token\(named) is requested"
    if let client { phrase += " for \(code: client)" }
    switch authentication {
    case .basic: phrase += " by HTTP Basic"
    case .body: phrase += " with the credentials in the body"
    case .both: phrase += " with the credentials by HTTP Basic and in the body at once"
    case .some(.none): phrase += " without client authentication"
    case .idOnly: phrase += " with the client id only"
    case .query: phrase += " with the credentials in the URL"
    case .basicRaw: phrase += " by HTTP Basic without form-encoding"
    case .clientSecretJWT: phrase += " by an assertion that the secret signs"
    case .privateKeyJWT: phrase += " by an assertion that the private key signs"
    case .tlsClientAuth: phrase += " by its certificate"
    case nil: break
    }
    if let id { phrase += " with the client id \(code: id.shown)" }
    if let secret { phrase += " with the secret \(code: secret.shown)" }
    if let assertion { phrase += assertion.phrases }
    for parameter in parameters {
      switch parameter.value {
      case .literal(.null): phrase += " without \(code: parameter.name)"
      case .literal(.array(let items)):
        phrase += " with \(items.map { Prose("\(code: "\(parameter.name)=\($0.string ?? $0.compact)")") }.listed())"
      case let value: phrase += " with \(code: "\(parameter.name)=\(value.shown)")"
      }
    }
    if let paddedTo { phrase += " with a body of \(code: paddedTo.shown) bytes" }
    if let connector { phrase += " at the \(text: connector.rawValue) connector's endpoint" }
    return phrase + edits.phrases
  }
}

extension AssertionEdits {
  fileprivate var phrases: Prose {
    let members: [Prose] = (header + claims).map { member in
      member.value == .literal(.null)
        ? "without \(code: member.name)" : "with \(code: "\(member.name)=\(member.value.shown)")"
    }
    let signed: [Prose] =
      switch signature {
      case .own: []
      case .otherKey: ["signed with another key"]
      case .none: ["without a signature"]
      case .publicKey: ["signed by HMAC with the public key"]
      case .changed: ["with a changed signature"]
      }
    return " (the assertion \((members + signed).listed()))"
  }
}

extension PayloadPost {
  fileprivate func phrase(_ savedAs: String?) -> Prose {
    let named: Prose = savedAs.map { " as \(code: $0)" } ?? ""
    let what: Prose =
      switch payload {
      case .sample(let name): "the payload \(code: name)"
      case .chosenSample(let name): "the payload \(code: name.shown)"
      case .json(let template): "the JSON \(code: template.shown)"
      case .text(let template): template.literalText == "" ? "an empty body" : "the text \(code: template.shown)"
      case .hex(let bytes):
        "the bytes \(code: bytes.prefix(24).map { Hex.digits($0, uppercase: true) }.joined(separator: " "))"
      case .validOfSize(let size): "a valid payload of \(code: size.shown) bytes"
      case .validSpelled(let spelling): "the payload \(code: "valid") in the spelling \(code: spelling.shown)"
      case .validMalformed(let defect): "the payload \(code: "valid") with the defect \(code: defect.shown)"
      }
    let with: Prose =
      token.map { " with \(code: $0)" }
      ?? (edits.headers.contains { $0.name.lowercased() == "authorization" } ? "" : " without a token")
    let to: Prose = connector.map { " to the \(text: $0.rawValue) connector" } ?? ""
    let suffix: Prose =
      pathSuffix.map { $0.literalText == "" ? "" : " to the inbound URL followed by \(code: $0.shown)" } ?? ""
    let verb: Prose = if case .hex = payload { "are" } else { "is" }
    let coding: Prose = contentCoding.map { ", compressed by \(code: $0.rawValue)" } ?? ""
    return "\(what) \(verb) posted\(named)\(with)\(to)\(suffix)\(coding)\(edits.phrases)"
  }
}

extension RequestEdits {
  fileprivate var phrases: Prose {
    var phrases: Prose = ""
    if let method { phrases += " by \(code: method)" }
    for header in headers {
      switch header.value {
      case .literal(.null): phrases += " without the header \(code: header.name)"
      case .array(let items):
        phrases += " with \(items.map { Prose("\(code: "\(header.name): \($0.shown)")") }.listed())"
      case let value: phrases += " with the header \(code: "\(header.name): \(value.shown)")"
      }
    }
    for parameter in query { phrases += " with \(code: "\(parameter.name)=\(parameter.value.shown)") in the URL" }
    if let body { phrases += body == .literal(.null) ? " without a body" : " with the body \(code: body.shown)" }
    if chunked { phrases += " in chunks" }
    if let spelling { phrases += " at another spelling of the path: \(text: spelling.meaning)" }
    return phrases
  }
}

extension ConnectorRole {
  fileprivate var phrase: Prose { self == .first ? "" : " on the \(text: rawValue) connector" }
}

extension WaitLength {
  /// `half of the token lifetime, the leeway and 1 minute`.
  fileprivate var spoken: String {
    if let fixed { return fixed.spoken }
    return terms.enumerated().map { index, term in
      let words =
        switch term.part {
        case .duration(let duration): duration.spoken
        case .lifetime(dividedBy: 1): "the token lifetime"
        case .lifetime(dividedBy: 2): "half of the token lifetime"
        case .lifetime(let divisor): "1/\(divisor) of the token lifetime"
        case .leeway: "the leeway"
        }
      return index == 0 ? words : (term.isSubtracted ? " less " : " and ") + words
    }.joined()
  }

  /// `1 second before `, `1 second after `, or nothing for no time.
  fileprivate var spokenOffset: String {
    if self == .none { return "" }
    return terms.first?.isSubtracted == true ? "\(negated.spoken) before " : "\(spoken) after "
  }
}

extension SimulatedDuration {
  /// `23 hours, 59 minutes and 59 seconds`; less than three days in hours, like the documentation of the Inbound API.
  fileprivate var spoken: String {
    let days = milliseconds >= 3 * 86_400_000 ? milliseconds / 86_400_000 : 0
    let rest = milliseconds - days * 86_400_000
    let units = [
      (days, "day"), (rest / 3_600_000, "hour"), (rest / 60_000 % 60, "minute"), (rest / 1000 % 60, "second"),
      (rest % 1000, "millisecond"),
    ]
    let words = units.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
    return words.count > 1
      ? "\(words.dropLast().joined(separator: ", ")) and \(words[words.count - 1])" : words.first ?? "no time"
  }
}

extension StepActionKind {
  /// `requesting a token`.
  fileprivate var gerund: String {
    switch self {
    case .createClient: "creating a client"
    case .listClients: "listing clients"
    case .showClient: "reading a client"
    case .replaceClient: "generating new credentials"
    case .deleteClient: "deleting a client"
    case .requestToken: "requesting a token"
    case .postPayload: "posting a payload"
    case .showReceipt: "looking up a receipt"
    case .readInbox: "reading the inbox"
    case .http: "any other request"
    case .wait: "waiting"
    case .restartTarget: "restarting the service"
    case .repeat: "repeating"
    case .concurrently: "running several steps at once"
    }
  }
}
