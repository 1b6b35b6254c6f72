// What the probe sees of a replaced secret: whether the old one still works, and which clients there are.

import ConformanceModel
import JSONValue
import RunEvents

extension CaseRunner {
  /// Requests a token by the old set, after the new one got a token.
  ///
  /// - Returns: What contradicts the target file.
  func checkLostSecret(_ part: ProbeScenario.Part, at slot: Int, _ advice: ProbeAdvice) async -> Finding? {
    guard let isAsDeclared = await outcome(of: part.step, at: slot) else { return nil }
    let stays = isAsDeclared == (session.target.value(of: .lostSecret) == "old-set-stays")
    let old = scope.names[ProbeScenario.client]?["id"]?.string
    let new = scope.names["new-\(ProbeScenario.client)"]?["id"]?.string
    return advice.contradiction(ofOldSet: stays, newClient: new == old ? nil : new)
  }

  /// Deletes what the probe created and did not delete by a step: a new set can have an id of its own.
  func deleteLeftovers(of probe: ProbeScenario) async {
    guard session.target.clients?.operations.contains(.delete) == true else { return }
    let deleted = probe.parts.compactMap { part -> String? in
      if case .deleteClient(let name) = part.step.operation { name } else { nil }
    }
    var ids = Set((deleted + [ProbeScenario.client]).compactMap { scope.names[$0]?["id"]?.string })
    for part in probe.parts {
      guard case .replaceClient = part.step.operation, let client = part.step.savedAs.flatMap({ scope.names[$0] }),
        let id = client["id"]?.string, ids.insert(id).inserted
      else { continue }
      // a service that cannot be tidied up may keep it: its clients can be left there
      try? await session.delete(client, client["connector"]?.string.flatMap(ConnectorRole.init) ?? .first)
    }
  }
}

extension ProbeAdvice {
  /// What is wrong if the old set works, or does not, against what the target file declares.
  ///
  /// - Parameters:
  ///   - stays: Whether it got a token.
  ///   - newClient: The id of the new set, if it is another.
  func contradiction(ofOldSet stays: Bool, newClient: String?) -> Finding? {
    let key = Behaviour.lostSecret.rawValue
    let seen = stays ? "old-set-stays" : "old-set-dies"
    let declared = target.value(of: .lostSecret).string ?? ""
    let place = target.place(of: ProbeLink(part: .lostSecret))
    let made = newClient.map { ", which created a second client, \(SafeText.oneLine($0, longest: 80))" } ?? ""
    let gets = stays ? "still gets tokens" : "gets no token"
    let statement = "the old set \(gets) after its replacement\(made)"
    let isMere = stays && newClient != nil
    guard seen == declared else {
      let source = target.behaviour[.lostSecret] == nil ? "by default it is" : "the target file declares"
      var finding = Finding(.failed, .assertion, "\(statement), and \(source) '\(key): \(declared)'", place: place)
      finding.hint =
        "either the service is wrong, or \(isMere ? "'clients.replace' only creates a client, or " : "")declare "
        + "'behaviour: { \(key): \(seen) }' in the target file"
      return finding
    }
    guard isMere, case .http(let clients) = target.clients, let request = clients.requests[.replace],
      !request.refersToClient
    else { return nil }
    var finding = Finding(.warned, .assertion, statement, place: place)
    finding.hint =
      "if the service can replace the secret of a client, name it by ${client.id} in 'clients.replace' of the target file"
    return finding
  }
}

extension Target.RequestTemplate {
  /// Whether it says whose secret was lost.
  fileprivate var refersToClient: Bool {
    let templates = [url, json, text].compactMap(\.self) + headers.map(\.value) + (form ?? []).map(\.value)
    return templates.contains { $0.references.contains { $0.name == "client" || $0.name == "name" } }
  }
}
