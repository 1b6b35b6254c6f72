// Steps as sentences, for reports and documentation.

import JSONValue

extension Step {
  /// What is done, in words: `post the payload 'valid' with 'token'`.
  public var sentence: String {
    switch operation {
    case .createClient(_, let connector): "create a client\(named)\(connector.phrase)"
    case .listClients(let connector): "list the clients\(connector.phrase)"
    case .showClient(let client): "look at the client '\(client)'"
    case .replaceClient(let client): "generate a new set for the client '\(client)'\(named)"
    case .deleteClient(let client): "delete the client '\(client)'"
    case .requestToken(let request): request.sentence + named
    case .postPayload(let post): post.sentence
    case .readInbox(let connector): "read the inbox\(connector.phrase)"
    case .http(let request): "send \(request.method)"
    case .wait(.span(let span)): "wait \(span)"
    case .wait(.until(let instant)): "wait until \(instant)"
    case .wait(.expiry(let token, let later)):
      later.milliseconds == 0
        ? "wait until '\(token)' is said to expire"
        : "wait until \(SimulatedDuration(milliseconds: abs(later.milliseconds))) \(later.milliseconds < 0 ? "before" : "after") '\(token)' is said to expire"
    case .repeat(let count, _): "repeat \(count) times"
    case .concurrently(let branches): "\(branches.count) at once"
    }
  }

  private var named: String { savedAs.map { " as '\($0)'" } ?? "" }
}

extension ConnectorRole {
  fileprivate var phrase: String { self == .second ? " on the second connector" : "" }
}

extension TokenRequest {
  fileprivate var sentence: String {
    var words = "request a token"
    if let client { words += " for '\(client)'" }
    if let authentication { words += ", authentication \(authentication.rawValue)" }
    if let connector { words += connector.phrase }
    if id != nil { words += ", with another id" }
    if secret != nil { words += ", with another secret" }
    if !parameters.isEmpty { words += ", changing \(parameters.map(\.name).joined(separator: ", "))" }
    return words
  }
}

extension PayloadPost {
  fileprivate var sentence: String {
    let what =
      switch payload {
      case .sample(let name): "the payload '\(name)'"
      case .json: "a JSON payload"
      case .text: "a text payload"
      case .hex: "a payload of bytes"
      case .validOfSize: "a payload of a given size"
      }
    return "post \(what) \(token.map { "with '\($0)'" } ?? "without a token")\(connector?.phrase ?? "")"
  }
}
