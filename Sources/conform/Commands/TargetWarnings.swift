// What in a target file is probably a slip, although it is allowed.

import ConformanceModel
import ScenarioFiles

enum TargetWarnings {
  /// A sentence for each, with what to write.
  static func of(_ target: Target) -> [String] {
    openTasks(target) + equalPayloads(target) + payloadsWithoutUnique(target)
  }

  /// A line that its author has not completed describes a guess.
  private static func openTasks(_ target: Target) -> [String] {
    Target.openTasks(in: target.place.file).map { "\($0): a TODO is left; complete the line, and remove the comment" }
  }

  /// Cases about two connectors post the payload of one to the other, which has to refuse it.
  private static func equalPayloads(_ target: Target) -> [String] {
    func valid(_ role: ConnectorRole) -> Payload? {
      target.connector(role)?.payloads.first { $0.name == "valid" }?.payload
    }
    guard let first = valid(.first), first == valid(.second) else { return [] }
    return [
      "\(target.place): the payload 'valid' of both connectors is the same; give each one that the other's service "
        + "refuses, or name one connector only"
    ]
  }

  /// Cases count how often a payload arrived.
  private static func payloadsWithoutUnique(_ target: Target) -> [String] {
    guard target.inbox != nil else { return [] }
    return target.connectors.flatMap { connector in
      connector.payloads.filter { $0.name == "valid" && !$0.payload.isUnique }.map { _ in
        "\(target.place): the payload 'valid' of the connector '\(connector.name)' has no ${unique}; without it, the "
          + "inbox cannot distinguish the payloads of two cases"
      }
    }
  }
}
