// Describes steps in words, for reports and documentation.

import HTTPModel
import JSONValue

extension Step {
  /// The step in words: `post the payload 'valid' with 'token'`.
  public var sentence: String {
    polling.map { "\(action), again until the response is ready, for at most \($0.within)" } ?? action
  }

  private var action: String {
    switch operation {
    case .createClient(_, let connector): "create a client\(named)\(connector.phrase)"
    case .listClients(let connector): "list the clients\(connector.phrase)"
    case .showClient(let client): "show the client '\(client)'"
    case .replaceClient(let client): "generate a new set for the client '\(client)'\(named)"
    case .deleteClient(let client): "delete the client '\(client)'"
    case .requestToken(let request): request.sentence + named
    case .postPayload(let post): post.sentence
    case .showReceipt(let payload, let token):
      "look up the receipt of '\(payload)'\(token.map { " with '\($0)'" } ?? "")"
    case .readInbox(let connector): "read the inbox\(connector.phrase)"
    case .http(let request): "send \(request.method)\(request.url.endpointPhrase)"
    case .wait(.span(let span)): "wait \(span)"
    case .wait(.until(let instant, let later)): "wait until \(later.phrase)\(instant)"
    case .wait(.expiry(let token, let later)):
      "wait until \(later.phrase)'\(token)' expires according to its expires_in"
    case .restartTarget(let signal): "restart the target\(signal == .kill ? ", ended by SIGKILL" : "")"
    case .repeat(let count, _): "repeat \(count.counted("time"))"
    case .concurrently(let branches): "run \(branches.count) branches concurrently"
    }
  }

  private var named: String { savedAs.map { " as '\($0)'" } ?? "" }
}

extension WaitLength {
  /// `1s before `, `1s after `, or nothing for no time.
  fileprivate var phrase: String {
    if self == .none { return "" }
    return terms.first?.isSubtracted == true ? "\(negated) before " : "\(self) after "
  }
}

extension Template {
  /// The endpoint of a URL that scenarios have by name.
  fileprivate var endpointPhrase: String {
    guard case .reference(let reference) = self else { return "" }
    return switch reference.path {
    case ["introspection-url"]: " to the introspection endpoint"
    case ["revocation-url"]: " to the revocation endpoint"
    case ["metadata-url"]: " to the metadata URL"
    default: ""
    }
  }
}

extension ConnectorRole {
  fileprivate var phrase: String { self == .first ? "" : " on the \(rawValue) connector" }
}

extension TokenRequest {
  fileprivate var sentence: String {
    var words = "request a token"
    if let client { words += " for '\(client)'" }
    if let authentication { words += ", client authentication \(authentication.rawValue)" }
    if let connector { words += connector.phrase }
    if let id { words += ", with the id '\(id.shown(atMost: 60))'" }
    // a secret that a scenario writes itself is not shown
    if let secret {
      words += secret.references.isEmpty ? ", with another secret" : ", with the secret '\(secret.shown(atMost: 60))'"
    }
    if let assertion { words += ", changing \(assertion.changes.joined(separator: ", ")) of the assertion" }
    if let paddedTo { words += ", padded to \(paddedTo.shown(atMost: 60)) bytes" }
    if !parameters.isEmpty { words += ", changing \(parameters.map(\.name).joined(separator: ", "))" }
    return words
  }
}

extension PayloadPost {
  fileprivate var sentence: String {
    let what =
      switch payload {
      case .sample(let name): "the payload '\(name)'"
      case .chosenSample(let name): "the payload '\(name.shown(atMost: 60))'"
      case .json: "a JSON payload"
      case .text: "a text payload"
      case .hex: "a payload of bytes"
      case .validOfSize: "a payload of a given size"
      case .validSpelled(let spelling): "the payload 'valid', spelled as '\(spelling.shown(atMost: 60))'"
      case .validMalformed(let defect): "the payload 'valid', malformed by '\(defect.shown(atMost: 60))'"
      }
    return "post \(what) \(token.map { "with '\($0)'" } ?? "without a token")\(connector?.phrase ?? "")"
      + (contentCoding.map { ", compressed by \($0.rawValue)" } ?? "")
  }
}
