// Events as lines of the run log: JSON objects that are written and read by the table of fields.

import ConformanceModel
public import JSONValue

/// Why a line of a run log is not an event.
public struct EventError: Error, Sendable, Hashable, CustomStringConvertible {
  public var message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}

extension Event {
  /// The version of the format; a reader refuses a greater one.
  public static let format = 1

  /// Appends the event as one JSON object, without a line break.
  public func encode(to bytes: inout [UInt8]) {
    var line = LineBuffer()
    switch self {
    case .runStarted(let run): EventTypes.runStarted.write(run, to: &line)
    case .requirements(let requirements): EventTypes.requirements.write(requirements, to: &line)
    case .casePlanned(let planned): EventTypes.casePlanned.write(planned, to: &line)
    case .caseStarted(let start): EventTypes.caseStarted.write(start, to: &line)
    case .stepFinished(let step): EventTypes.stepFinished.write(step, to: &line)
    case .clockAdvanced(let advance): EventTypes.clockAdvanced.write(advance, to: &line)
    case .clientCreated(let client): EventTypes.clientCreated.write(client, to: &line)
    case .clientDeleted(let client): EventTypes.clientDeleted.write(client, to: &line)
    case .caseFinished(let record): EventTypes.caseFinished.write(record, to: &line)
    case .coverage(let coverage): EventTypes.coverage.write(coverage, to: &line)
    case .runFinished(let summary): EventTypes.runFinished.write(summary, to: &line)
    }
    bytes.append(contentsOf: line.contents)
  }

  /// Reads a line of a run log. Members that a later version added are ignored.
  ///
  /// - Throws: `EventError` if it is not an event, or a member is missing, of another type or out of range.
  public init(decoding json: JSON) throws(EventError) {
    guard let name = json["event"]?.string else { throw EventError("the member 'event' is missing") }
    guard let type = EventTypes.byName[name] else {
      throw EventError("'\(SafeText.oneLine(name, longest: 40))' is not an event of a run log")
    }
    self = try type.read(json)
  }
}
