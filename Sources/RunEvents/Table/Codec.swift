// How the values of fields are written and read.

import ConformanceModel
import JSONValue

/// The type of a value in the log, for the JSON Schema and the guide.
indirect enum LogShape: Sendable {
  case text
  case boolean
  case integer(ClosedRange<Int>)
  /// Seconds.
  case seconds
  /// Milliseconds since 1970-01-01T00:00:00Z.
  case instant(ClosedRange<Int>)
  case words([String])
  case list(LogShape)
  case record(RecordDescription)
}

/// One type of value: how it is appended to a line, and how it is read from JSON.
struct Codec<Value>: Sendable {
  let shape: LogShape
  /// `inout` as in `Field`.
  let write: @Sendable (inout Value, inout LineBuffer) -> Void
  /// The text is the name of the member, for the error.
  let read: @Sendable (JSON, String) throws(EventError) -> Value

  init(
    _ shape: LogShape, write: @escaping @Sendable (inout Value, inout LineBuffer) -> Void,
    read: @escaping @Sendable (JSON, String) throws(EventError) -> Value
  ) {
    self.shape = shape
    self.write = write
    self.read = read
  }
}

extension Codec {
  fileprivate static func wrongType(_ json: JSON, _ name: String, _ expected: String) -> EventError {
    EventError("'\(name)' is of type \(json.typeName); expected \(expected)")
  }

  static func list<Item>(_ item: Codec<Item>) -> Codec where Value == [Item] {
    Codec(.list(item.shape)) { items, bytes in
      bytes.append(UInt8(ascii: "["))
      var isFirst = true
      for var value in items {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        item.write(&value, &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    } read: { (json, name) throws(EventError) in
      guard let array = json.array else { throw wrongType(json, name, "an array") }
      var items: [Item] = []
      items.reserveCapacity(array.count)
      for value in array { items.append(try item.read(value, name)) }
      return items
    }
  }

  static func record(_ table: RecordTable<Value>) -> Codec where Value: Sendable {
    Codec(.record(table.description)) { record, bytes in
      bytes.append(UInt8(ascii: "{"))
      table.writeMembers(&record, &bytes)
      bytes.append(UInt8(ascii: "}"))
    } read: { (json, name) throws(EventError) in
      guard json.object != nil else { throw wrongType(json, name, "an object") }
      return try table.read(json)
    }
  }

  /// A word of a closed list.
  static func word() -> Codec
  where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String, Value.AllCases: Sendable {
    let words = Value.allCases.map(\.rawValue)
    return Codec(.words(words)) { value, bytes in
      var word = value.rawValue
      bytes.append(literal: &word)
    } read: {
      (json, name) throws(EventError) in
      guard let text = json.string else { throw wrongType(json, name, "a string") }
      guard let value = Value(rawValue: text) else {
        throw EventError(
          "'\(name)' is '\(SafeText.oneLine(text, longest: 40))'; expected one of \(words.joined(separator: ", "))")
      }
      return value
    }
  }
}

extension Codec<String> {
  static var text: Codec {
    Codec(.text) { text, bytes in
      bytes.append(literal: &text)
    } read: { (json, name) throws(EventError) in
      guard let text = json.string else { throw wrongType(json, name, "a string") }
      return text
    }
  }
}

extension Codec<Bool> {
  static var boolean: Codec {
    Codec(.boolean) { value, bytes in
      bytes.append(value ? "true" : "false")
    } read: {
      (json, name) throws(EventError) in
      guard let value = json.bool else { throw wrongType(json, name, "true or false") }
      return value
    }
  }
}

extension Codec<Int> {
  /// No count or size of a run is larger. Ten thousand of them, the shards of a run, can still be added up.
  static var count: Codec { integer(0...(1 << 48)) }

  static func integer(_ range: ClosedRange<Int>) -> Codec {
    Codec(.integer(range)) { value, bytes in
      bytes.append(decimal: value)
    } read: {
      (json, name) throws(EventError) in
      try number(json, name, in: range)
    }
  }

  fileprivate static func number(_ json: JSON, _ name: String, in range: ClosedRange<Int>) throws(EventError) -> Int {
    guard case .number(let text) = json else { throw wrongType(json, name, "a whole number") }
    guard let value = Int(text), range.contains(value) else {
      throw EventError(
        "'\(name)' is \(text.prefix(40)); expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }
}

extension Codec<Double> {
  /// 31,000 years.
  private static let maxSeconds = 1e12

  /// Six digits after the point.
  static var seconds: Codec {
    Codec(.seconds) { value, bytes in
      bytes.append(seconds: value)
    } read: {
      (json, name) throws(EventError) in
      guard case .number(let text) = json else { throw wrongType(json, name, "a number") }
      guard let value = Double(text), (0...maxSeconds).contains(value) else {
        throw EventError("'\(name)' is \(text.prefix(40)); expected seconds from 0 to 1000000000000")
      }
      return value
    }
  }
}

/// Milliseconds since 1970: shorter than a date, and read a hundred times faster.
extension Codec<SimulatedInstant> {
  /// The years 0 to 9999, which RFC 3339 can show.
  static var wall: Codec { instant(-62_167_219_200_000...253_402_300_799_999) }

  /// A hundred million days around 1970, which a `Date` of ECMAScript can hold. Durations can still be added.
  static var simulated: Codec { instant(-8_640_000_000_000_000...8_640_000_000_000_000) }

  private static func instant(_ range: ClosedRange<Int>) -> Codec {
    Codec(.instant(range)) { value, bytes in
      bytes.append(decimal: Int(value.milliseconds))
    } read: {
      (json, name) throws(EventError) in
      SimulatedInstant(milliseconds: Int64(try Codec<Int>.number(json, name, in: range)))
    }
  }
}

extension Codec<UInt64> {
  /// As text: numbers of 64 bits do not survive every reader of JSON.
  static var decimalText: Codec {
    Codec(.text) { value, bytes in
      var digits = String(value)
      bytes.append(literal: &digits)
    } read: { (json, name) throws(EventError) in
      guard let value = json.string.flatMap({ UInt64($0) }) else {
        throw EventError("'\(name)' is not a whole number of 64 bits in a string")
      }
      return value
    }
  }
}
