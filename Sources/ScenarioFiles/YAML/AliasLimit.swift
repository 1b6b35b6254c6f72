// Limits what aliases expand to, before a tree is built: with aliases, a few lines can be billions of values.

import CYaml

/// Checks the events of a YAML text. Yams shares one node between an anchor and its aliases, but compares keys by
/// visiting every occurrence.
enum AliasLimit {
  /// Why the text is refused. Line and column count from 1.
  struct Refusal: Error {
    var message: String
    var line: Int
    var column: Int
  }

  /// Without aliases and complex keys (`?`) the cost is linear in the length of the text, and without tags a value is
  /// what it looks like: such a text needs no check.
  static func isPlain(_ text: String) -> Bool {
    let has = { (letter: Unicode.Scalar) in text.utf8.contains(UInt8(ascii: letter)) }
    return !(has("*") && has("&")) && !has("?") && !has("!")
  }

  /// - Throws: `Refusal` if there are more than `maxValues` values, if a key is not text, or if a value has a tag.
  ///   Invalid YAML is left to the parser.
  static func check(_ text: String, maxValues: Int) throws(Refusal) {
    let events = Events(text)
    var walk = Walk(maxValues: maxValues)
    while let event = events.next() { try walk.take(event) }
  }
}

private struct Walk {
  /// A list or a mapping that has not ended.
  private struct Open {
    var anchor: String?
    var isMapping: Bool
    var count = 0
    /// Values that it expands to, including itself.
    var size = 1
  }

  let maxValues: Int
  private var open: [Open] = []
  /// The size that each anchor expands to, and its kind unless it is a scalar.
  private var anchors: [String: (size: Int, kind: String?)] = [:]

  init(maxValues: Int) { self.maxValues = maxValues }

  mutating func take(_ event: Events.Event) throws(AliasLimit.Refusal) {
    if let tag = event.tag {
      let name = tag.hasPrefix("tag:yaml.org,2002:") ? "!!\(tag.dropFirst(18))" : tag
      throw refusal(
        "the tag \(String(String.UnicodeScalarView(name.unicodeScalars.prefix(40)))) is not supported; remove it, "
          + "and quote text",
        event)
    }
    switch event.kind {
    case .scalar:
      if let anchor = event.anchor { anchors[anchor] = (1, nil) }
      try add(1, event)
    case .alias:
      let named = event.anchor.flatMap { anchors[$0] } ?? (1, nil)
      try checkKey(named.kind, event)
      try add(named.size, event)
    case .start(let isMapping):
      try checkKey(isMapping ? "a mapping" : "a list", event)
      open.append(Open(anchor: event.anchor, isMapping: isMapping))
    case .end:
      guard let ended = open.popLast() else { return }
      if let anchor = ended.anchor { anchors[anchor] = (ended.size, ended.isMapping ? "a mapping" : "a list") }
      try add(ended.size, event)
    case .other: break
    }
  }

  private mutating func add(_ size: Int, _ event: Events.Event) throws(AliasLimit.Refusal) {
    guard !open.isEmpty else { return }
    open[open.count - 1].count += 1
    open[open.count - 1].size += size
    if open[open.count - 1].size > maxValues {
      throw refusal("the file expands to more than \(maxValues) values; check for aliases that multiply", event)
    }
  }

  /// The keys of a mapping are its first value, its third, and so on.
  private func checkKey(_ kind: String?, _ event: Events.Event) throws(AliasLimit.Refusal) {
    guard let kind, let last = open.last, last.isMapping, last.count.isMultiple(of: 2) else { return }
    throw refusal("a key must be text, not \(kind)", event)
  }

  private func refusal(_ message: String, _ event: Events.Event) -> AliasLimit.Refusal {
    AliasLimit.Refusal(message: message, line: event.line, column: event.column)
  }
}

/// The events of libyaml's parser, up to the first error.
private final class Events {
  enum Kind {
    case scalar, alias, end, other
    case start(isMapping: Bool)
  }

  struct Event {
    var kind: Kind
    var anchor: String?
    /// An explicit tag.
    var tag: String?
    var line: Int
    var column: Int
  }

  /// Allocated, since the parser stores its own address and that of its text.
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private var hasEnded = false

  init(_ text: String) {
    let utf8 = text.utf8
    bytes = .allocate(capacity: utf8.count)
    _ = bytes.initialize(from: utf8)
    parser.initialize(to: yaml_parser_t())
    guard yaml_parser_initialize(parser) == 1 else {
      hasEnded = true
      return
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    bytes.deallocate()
  }

  func next() -> Event? {
    var event = yaml_event_t()
    guard !hasEnded, yaml_parser_parse(parser, &event) == 1 else { return nil }
    defer { yaml_event_delete(&event) }
    var read = Event(kind: .other, line: event.start_mark.line + 1, column: event.start_mark.column + 1)
    switch event.type {
    case YAML_STREAM_END_EVENT: hasEnded = true
    case YAML_SCALAR_EVENT:
      (read.kind, read.anchor, read.tag) = (
        .scalar, Events.name(event.data.scalar.anchor), Events.name(event.data.scalar.tag)
      )
    case YAML_ALIAS_EVENT: (read.kind, read.anchor) = (.alias, Events.name(event.data.alias.anchor))
    case YAML_SEQUENCE_START_EVENT:
      let start = event.data.sequence_start
      (read.kind, read.anchor, read.tag) = (.start(isMapping: false), Events.name(start.anchor), Events.name(start.tag))
    case YAML_MAPPING_START_EVENT:
      let start = event.data.mapping_start
      (read.kind, read.anchor, read.tag) = (.start(isMapping: true), Events.name(start.anchor), Events.name(start.tag))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: read.kind = .end
    default: break
    }
    return read
  }

  private static func name(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? { text.map { String(cString: $0) } }
}
