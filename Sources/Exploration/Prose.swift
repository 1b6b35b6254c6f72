// Sequences in words.

import ConformanceModel

extension ModelAction {
  /// The operation in words: `a token is requested for client-1 (secret: in Base64)`.
  public var phrase: String {
    switch self {
    case .create(let call):
      call.name + " is created" + call.connector.phrase + details(call.deviations)
    case .manage(let call):
      switch call.action {
      case .show: "\(call.client) is shown" + details(call.deviations)
      case .replace:
        "a new set\(call.replacement.map { " (\($0))" } ?? "") replaces \(call.client)" + details(call.deviations)
      case .delete: "\(call.client) is deleted" + details(call.deviations)
      }
    case .token(let call): "\(call.name) is requested for \(call.client)" + details(call.deviations)
    case .post(let call):
      "\(call.name) is posted with \(call.credential == .none ? "no token" : call.token)" + call.connector.phrase
        + details(call.deviations.filter { $0.value != PostCall.Credential.none.rawValue })
    case .tokenState(let call):
      "\(call.token) is \(call.endpoint == .introspection ? "introspected" : "revoked")" + details(call.deviations)
    case .list(let connector, let manager):
      "the clients are listed" + connector.phrase + (manager == .manager ? "" : " by \(manager.rawValue)")
    case .inbox(let connector): "the inbox is read" + connector.phrase
    case .metadata(let call): "the metadata is read (\(call.part.rawValue))"
    case .wait(.seconds(let seconds)): "\(SimulatedDuration(milliseconds: seconds * 1000)) pass"
    case .wait(.border(let token, let seconds)):
      switch seconds {
      case 0: "time passes until \(token) expires"
      case ..<0: "time passes until \(SimulatedDuration(milliseconds: -seconds * 1000)) before \(token) expires"
      default: "time passes until \(SimulatedDuration(milliseconds: seconds * 1000)) after \(token) expires"
      }
    case .wait(.date(let instant)): "the clock is set to \(instant)"
    }
  }

  /// What distinguishes it from the same operation of a correct client.
  public var deviations: [Trait] {
    switch self {
    case .create(let call): call.deviations
    case .manage(let call): call.deviations
    case .token(let call): call.deviations
    case .post(let call): call.deviations
    case .tokenState(let call): call.deviations
    case .list(_, let manager): manager == .manager ? [] : [Trait(dimension: "managed by", value: manager.rawValue)]
    case .inbox, .metadata, .wait: []
    }
  }

  private func details(_ deviations: [Trait]) -> String {
    deviations.isEmpty ? "" : " (" + deviations.map { "\($0.dimension): \($0.value)" }.joined(separator: "; ") + ")"
  }
}

extension ConnectorRole {
  fileprivate var phrase: String { self == .second ? " at the second connector" : "" }
}

extension [ModelAction] {
  /// What comes before the last operation, in one sentence; `nil` if nothing does.
  public var preparation: String? {
    count > 1 ? dropLast().map(\.phrase).joined(separator: "; ") : nil
  }

  /// What the sequence does, without the names of its clients and tokens: equal disagreements have equal shapes.
  public var shape: String {
    map { operation in
      operation.phrase.split(separator: " ", omittingEmptySubsequences: false).map(withoutNumber).joined(separator: " ")
    }.joined(separator: "\n")
  }

  /// `client` for `client-12`.
  private func withoutNumber(_ word: Substring) -> Substring {
    let parts = word.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, ["client", "token", "payload"].contains(parts[0]), !parts[1].isEmpty,
      parts[1].allSatisfy(\.isNumber)
    else { return word }
    return parts[0]
  }
}
