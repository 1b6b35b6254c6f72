// The tables of the guide that describes the run log.

public enum RunLogGuide {
  /// The table of this name: `events`, the name of an event, or the name of a record inside an event.
  public static func table(_ name: String) -> String? {
    if name == "events" {
      let rows = EventTypes.all.map { "| `\($0.name)` | \($0.meaning) |" }
      return (["| `event` | meaning |", "|---|---|"] + rows).joined(separator: "\n")
    }
    return records.first { $0.name == name }.map(table)
  }

  /// The names of all tables, in the order in which the guide has them.
  public static var names: [String] { ["events"] + records.map(\.name) }

  private static var records: [RecordDescription] {
    var records: [RecordDescription] = []
    func add(_ record: RecordDescription) {
      if !records.contains(where: { $0.name == record.name }) { records.append(record) }
    }
    for event in EventTypes.all { add(event.record) }
    func addInner(_ record: RecordDescription) {
      for inner in record.fields.compactMap(\.shape.record) {
        add(inner)
        addInner(inner)
      }
    }
    for event in EventTypes.all { addInner(event.record) }
    return records
  }

  private static func table(_ record: RecordDescription) -> String {
    let rows = record.fields.map { field in
      "| `\(field.name)` | \(field.shape.title) | \(field.isRequired ? "" : "optional: ")\(field.meaning) |"
    }
    return (["| member | type | meaning |", "|---|---|---|"] + rows).joined(separator: "\n")
  }
}

extension LogShape {
  fileprivate var title: String {
    switch self {
    case .text: "string"
    case .boolean: "boolean"
    case .integer: "integer"
    case .seconds: "seconds"
    case .instant: "time"
    case .words(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .list(let item): "list of \(item.title)"
    case .record(let record): "[\(record.name)](#\(record.name))"
    }
  }
}
