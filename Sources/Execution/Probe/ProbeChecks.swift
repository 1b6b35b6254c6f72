// Looks once more at what succeeded in the probe: a success can hide a slip of the target file.

import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents

/// What shows that a client is still there after its deletion.
struct DeletionOutcome {
  /// The status of the deletion.
  var status = 0
  var isGone = false
  /// What it still does, such as `is listed`.
  var signs: [String] = []
}

extension CaseRunner {
  /// Runs a step of the probe whose outcome alone is not a finding.
  ///
  /// - Returns: Whether its expectations hold; `nil` if there is no response to judge.
  func outcome(of step: Step, at slot: Int) async -> Bool? {
    let before = findings.count
    let holds = (try? await runStep(step, at: slot)) == true
    let found = findings[before...]
    let isJudged = !found.isEmpty && found.allSatisfy { $0.verdict == .failed }
    findings.removeSubrange(before...)
    ledger.settle(at: slot)
    return holds ? true : isJudged ? false : nil
  }

  /// Looks once more at a link whose step succeeded.
  ///
  /// - Returns: The slip that it shows.
  func check(_ part: ProbeScenario.Part, at slot: Int, _ deletion: inout DeletionOutcome) async -> TargetFileSlip? {
    if part.link.part == .delete, deletion.isGone {
      ledger.settle(at: slot)
      return nil
    }
    probed = nil
    let holds = await outcome(of: part.step, at: slot)
    switch (part.link.part, holds) {
    case (.delete, true?): deletion.isGone = true
    case (.delete, false?):
      if case .listClients = part.step.operation {
        deletion.signs.append("is listed")
      } else {
        deletion.signs.append("gets tokens")
      }
    case (.create, true?): return repeatedClient(part.step)
    case (.list, false?), (.inbox, false?): return chosenItem(part.link.part)
    default: break
    }
    return nil
  }

  /// The second client has a value of the first, since the locator takes the first of several.
  private func repeatedClient(_ step: Step) -> TargetFileSlip? {
    guard case .http(let clients) = session.target.clients, let create = clients.requests[.create], let probed,
      let second = step.savedAs.flatMap({ scope.names[$0] }), let first = scope.names[ProbeScenario.client]
    else { return nil }
    for part in [MislocatedValue.Part.id, .secret] where first[part.rawValue] == second[part.rawValue] {
      guard let all = create.answer[part.rawValue]?.withoutChoice, let count = count(at: all, in: probed), count > 1
      else { continue }
      return TargetFileSlip(
        description: "the second client has the \(part.rawValue) of the first, one of \(count) at \(all) in the "
          + "response: correct '\(part.rawValue)' in 'clients.create: answer' of the target file",
        place: create.place)
    }
    return nil
  }

  /// The list lacks an item, since its locator takes one of several.
  func chosenItem(_ part: ProbeLink.Part) -> TargetFileSlip? {
    let request: Target.RequestTemplate?
    let key: (name: String, request: String)
    switch part {
    case .list:
      guard case .http(let clients) = session.target.clients else { return nil }
      (request, key) = (clients.requests[.list], ("ids", "clients.list: answer"))
    case .inbox: (request, key) = (session.target.inbox?.read, ("payloads", "inbox.read: answer"))
    default: return nil
    }
    guard let request, let locator = request.answer[key.name], locator.choosesItem, let all = locator.withoutChoice,
      let probed, let taken = count(at: locator, in: probed), let count = count(at: all, in: probed), taken < count
    else { return nil }
    return TargetFileSlip(
      description: "\(locator) takes \(taken) of the \(count) items at \(all) in the response: correct "
        + "'\(key.name)' in '\(key.request)' of the target file", place: request.place)
  }

  private func count(at locator: Locator, in result: StepResult) -> Int? {
    (try? result.values(at: locator, session.patterns)).map { Set($0.map(\.plainText)).count }
  }
}

extension Locator {
  /// The same without the choice of one among several values; `nil` if it has one value in any response.
  var withoutChoice: Locator? {
    switch self {
    case .json(let pointer):
      let tokens = pointer.tokens.map { token in
        !token.isEmpty && token.utf8.allSatisfy { (0x30...0x39).contains($0) } ? "*" : token
      }
      return tokens == pointer.tokens ? nil : .json(JSONPointer(tokens: tokens))
    case .xpath(let expression):
      return .xpath(expression.replacing(/\[\s*(?:[0-9]+|last\(\)|position\(\)\s*=\s*[0-9]+)\s*\]/, with: ""))
    // of several matches, the first is taken
    case .regex: return self
    case .header, .cookie, .sent: return nil
    }
  }

  /// Whether it takes one item of a list.
  var choosesItem: Bool { withoutChoice.map { $0 != self } ?? false }
}

extension Target {
  /// Whether a locator of ids or secrets may find those of the first client in any response.
  var mayLocateFirstClient: Bool {
    guard case .http(let clients) = clients else { return false }
    let made = clients.requests[.create]?.answer.values.contains { $0.withoutChoice != nil } == true
    return made || clients.requests[.list]?.answer["ids"]?.choosesItem == true
  }
}

extension Target.Connector {
  /// A sample that differs from `valid`, and should be accepted as well.
  var otherSample: String? {
    payloads.map(\.name).first { ["unicode", "further-members", "valid-with-charset"].contains($0) }
  }
}
