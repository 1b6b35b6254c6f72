// One member of a record: its name, its meaning, and how it is written and read.

import JSONValue

/// A member of the JSON object of a record.
///
/// The encoder, the decoder, the JSON Schema and the guide go through the same list of fields, so none of them can
/// differ from the others. Each request of a run passes here: bytes are appended directly, and records are `inout` where
/// they are only read, so that they are passed by their address. An exchange takes 400 bytes, and all of it would be
/// copied for each of its members.
struct Field<Record>: Sendable {
  let description: FieldDescription
  let write: @Sendable (inout Record, inout LineBuffer) -> Void
  /// Takes the value of the member, `nil` if it is absent.
  let read: @Sendable (JSON?, inout Record) throws(EventError) -> Void

  init(
    _ description: FieldDescription, write: @escaping @Sendable (inout Record, inout LineBuffer) -> Void,
    read: @escaping @Sendable (JSON?, inout Record) throws(EventError) -> Void
  ) {
    self.description = description
    self.write = write
    self.read = read
  }

  /// A member that each record has.
  ///
  /// Functions and not a key path, here and below: they are several times as fast.
  init<Value>(
    _ name: String, _ meaning: String, _ codec: Codec<Value>, _ get: @escaping @Sendable (inout Record) -> Value,
    _ set: @escaping @Sendable (inout Record, Value) -> Void
  ) {
    let key = Field.key(name)
    description = FieldDescription(name: name, meaning: meaning, shape: codec.shape, isRequired: true)
    write = { record, bytes in
      bytes.startMember(key)
      var value = get(&record)
      codec.write(&value, &bytes)
    }
    read = { (value, record) throws(EventError) in
      guard let value else { throw EventError("'\(name)' is missing") }
      set(&record, try codec.read(value, name))
    }
  }

  /// A member that is absent if there is no value.
  init<Value>(
    optional name: String, _ meaning: String, _ codec: Codec<Value>,
    _ get: @escaping @Sendable (inout Record) -> Value?, _ set: @escaping @Sendable (inout Record, Value?) -> Void
  ) {
    let key = Field.key(name)
    description = FieldDescription(name: name, meaning: meaning, shape: codec.shape, isRequired: false)
    write = { record, bytes in
      guard var value = get(&record) else { return }
      bytes.startMember(key)
      codec.write(&value, &bytes)
    }
    read = { (value, record) throws(EventError) in
      if let value { set(&record, try codec.read(value, name)) }
    }
  }

  /// A member that is absent if it has its usual value.
  init<Value: Equatable & Sendable>(
    _ name: String, _ meaning: String, _ codec: Codec<Value>, _ get: @escaping @Sendable (inout Record) -> Value,
    _ set: @escaping @Sendable (inout Record, Value) -> Void, absent usual: Value
  ) {
    let key = Field.key(name)
    description = FieldDescription(name: name, meaning: meaning, shape: codec.shape, isRequired: false)
    write = { record, bytes in
      var value = get(&record)
      guard value != usual else { return }
      bytes.startMember(key)
      codec.write(&value, &bytes)
    }
    read = { (value, record) throws(EventError) in
      set(&record, try value.map { (value) throws(EventError) in try codec.read(value, name) } ?? usual)
    }
  }

  /// The same member in a record that contains this one.
  ///
  /// - Parameters:
  ///   - writing: Passes on the inner record to what writes the member.
  ///   - reading: Passes on the inner record to what reads the member.
  func lifted<Outer>(
    writing: @escaping @Sendable (inout Outer, (inout Record) -> Void) -> Void,
    reading: @escaping @Sendable (inout Outer, (inout Record) throws(EventError) -> Void) throws(EventError) -> Void
  ) -> Field<Outer> {
    let (write, read) = (write, read)
    return Field<Outer>(
      description, write: { outer, bytes in writing(&outer) { write(&$0, &bytes) } },
      read: { (value, outer) throws(EventError) in
        try reading(&outer) { (record) throws(EventError) in try read(value, &record) }
      })
  }

  static func key(_ name: String) -> [UInt8] { Array("\"\(name)\":".utf8) }
}

/// What people and schemas need to know of a field.
struct FieldDescription: Sendable {
  let name: String
  let meaning: String
  let shape: LogShape
  let isRequired: Bool
}

/// The fields of a record, in the order in which they are written.
struct RecordTable<Record: Sendable>: Sendable {
  let name: String
  let fields: [Field<Record>]
  /// Writes all fields: the functions of a list would each be retained for the call.
  private let write: @Sendable (inout Record, inout LineBuffer) -> Void
  /// Apart from the fields, so that the decoder does not have to copy these.
  private let readers: [@Sendable (JSON?, inout Record) throws(EventError) -> Void]
  private let names: [String]
  /// What the decoder fills.
  private let blank: Record
  /// Refuses values that are possible one by one, and not together.
  private let check: @Sendable (Record) throws(EventError) -> Void

  init(
    _ name: String, blank: Record, _ fields: [Field<Record>],
    check: @escaping @Sendable (Record) throws(EventError) -> Void = { (_) throws(EventError) in }
  ) {
    self.name = name
    self.fields = fields
    var write: @Sendable (inout Record, inout LineBuffer) -> Void = { _, _ in }
    for field in fields {
      let (former, next) = (write, field.write)
      write = { record, bytes in
        former(&record, &bytes)
        next(&record, &bytes)
      }
    }
    self.write = write
    readers = fields.map(\.read)
    names = fields.map(\.description.name)
    self.blank = blank
    self.check = check
  }

  var description: RecordDescription { RecordDescription(name: name, fields: fields.map(\.description)) }

  /// Appends the members, without the braces around them.
  func writeMembers(_ record: inout Record, _ bytes: inout LineBuffer) { write(&record, &bytes) }

  /// - Throws: `EventError` if a member is missing, of another type or out of range. Unknown members are ignored.
  func read(_ json: JSON) throws(EventError) -> Record {
    var record = blank
    let members = json.object ?? []
    // the name of the event is before the members of its table
    let start = members.first.map { RecordTable.isSame("event", $0.name) } == true ? 1 : 0
    if isInOrder(members[start...]) {
      var next = start
      for (name, read) in zip(names, readers) {
        let isNext = next < members.count && RecordTable.isSame(name, members[next].name)
        try read(isNext ? members[next].value : nil, &record)
        if isNext { next += 1 }
      }
    } else {
      for (name, read) in zip(names, readers) { try read(json[name], &record) }
    }
    try check(record)
    return record
  }

  /// Whether the members are those of the table, each at most once and in its order, as the encoder writes them. Then
  /// they need not be searched.
  private func isInOrder(_ members: ArraySlice<JSON.Member>) -> Bool {
    var next = members.startIndex
    for name in names where next < members.endIndex && RecordTable.isSame(name, members[next].name) { next += 1 }
    return next == members.endIndex
  }

  /// Byte by byte. The lengths are compared first: most names differ there, and a text as long as a name in ASCII that
  /// is equal to it has the same bytes.
  private static func isSame(_ name: String, _ other: String) -> Bool {
    name.utf8.count == other.utf8.count && name == other
  }
}

struct RecordDescription: Sendable {
  let name: String
  let fields: [FieldDescription]
}
