// Reads how the inbox is read.

import ConformanceModel
import JSONValue

extension TargetLoader {
  func inbox(_ reader: YAMLReader) -> Target.Inbox? {
    guard let fields = reader.fields("inbox", TargetKeywords.inbox) else { return nil }
    if fields["read"] == nil, fields["command"] == nil {
      reader.diagnostic("missing key 'read' or 'command' in inbox")
    }
    if fields["read"] != nil {
      fields["command"]?.diagnostic("'command' cannot be combined with 'read'; keep one of them")
    }
    for key in ["time-limit", "environment", "on-clock", "shows"] where fields["command"] == nil {
      fields[key]?.diagnostic("'\(key)' is only for 'command'")
    }
    let encoding = fields["encoding"]?.word("encoding", Target.PayloadEncoding.self)
    let deliveredWithin = fields["delivered-within"].flatMap { $0.timeLimit("delivered-within") }
    guard var inbox = way(fields, reader) else { return nil }
    inbox.encoding = encoding ?? .text
    inbox.encodingPlace = fields["encoding"]?.place
    inbox.deliveredWithin = deliveredWithin
    return inbox
  }

  private func way(_ fields: Fields, _ reader: YAMLReader) -> Target.Inbox? {
    if let read = fields["read"] {
      return request(read, answer: ["payloads"], isList: true).map { Target.Inbox(read: $0) }
    }
    guard let program = fields["command"] else { return nil }
    var command = Target.InboxCommand(command: words(program, "command"), self.program(fields, program))
    if let shown = fields["shows"]?.oneOrMore("shows") {
      command.details = Set(shown.compactMap { $0.word("shows", Target.InboxDetail.self) })
    }
    return Target.Inbox(command: command, place: program.keyPlace ?? program.place)
  }
}
