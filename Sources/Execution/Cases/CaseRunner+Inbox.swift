// Reads the payloads that the service received.

import ConformanceModel
import HTTPModel
import JSONValue

extension CaseRunner {
  func readInbox(_ role: ConnectorRole, _ inbox: Target.Inbox) async throws -> StepResult {
    // the whole time, since a payload that must not be there could come as late as one that must
    if currentStep?.polling == nil, let limit = inbox.deliveredWithin {
      try await session.stop.sleep(seconds: limit.seconds)
    }
    switch inbox.way {
    case .request(let read): return try await readInbox(role, inbox, by: read)
    case .command(let command): return try await readInbox(role, inbox, by: command)
    }
  }

  /// By requests, which the target filters by `${unique}`.
  private func readInbox(
    _ role: ConnectorRole, _ inbox: Target.Inbox, by read: Target.RequestTemplate
  ) async throws -> StepResult {
    let reader = PageReader(template: read, part: .payloads, key: "inbox.read", patterns: session.patterns)
    let values = try inboxValues(role)
    let requests = try await SessionRequests(session.login(for: .inbox)) { [templates = session.templates] own in
      try templates.request(read, values.merging(own) { $1 })
    }
    let list = try await reader.read(requests.first) { [self] request in
      try await requests.send(request) { try await sendPage($0) }
    }
    var result = list.result
    guard let items = list.items, let locator = read.answer["payloads"] else { return result }
    result.received = try InboxContents(items, inbox, at: locator)
    return result
  }

  private func readInbox(
    _ role: ConnectorRole, _ inbox: Target.Inbox, by command: Target.InboxCommand
  ) async throws -> StepResult {
    let output = try await session.drivers.makeInboxProgram(command).read(try inboxValues(role))
    ledger.enter(.received, at: slot)
    var result = await StepResult.reading(output)
    unrecorded = result
    result.received = try InboxContents(try InboxProgram.payloads(in: result), inbox, at: InboxProgram.locator)
    return result
  }

  private func inboxValues(_ role: ConnectorRole) throws -> [String: JSON] {
    ["connector": try session.templates.values(of: try connector(role)), "unique": scope.names["unique"] ?? .null]
  }
}
