// What a YAML text unfolds to, seen before a tree is made of it: with aliases a few lines are billions of values.

import CYaml

/// Yams makes one node of an anchor and all its aliases, and still looks at each place anew where it compares keys.
enum AliasLimit {
  /// Why no tree is made. Line and column count from 1.
  struct Refusal: Error {
    var message: String
    var line: Int
    var column: Int
  }

  /// Without aliases, and without keys that are marked as such, nothing costs more than its text is long; and without tags nothing is
  /// other than it looks.
  static func isPlain(_ text: String) -> Bool {
    let has = { (letter: Unicode.Scalar) in text.utf8.contains(UInt8(ascii: letter)) }
    return !(has("*") && has("&")) && !has("?") && !has("!")
  }

  /// - Throws: `Refusal` where there are more values than `most`, where a key is no text, or where a tag says what a value is. A text that
  ///   is no YAML is left to its parser.
  static func check(_ text: String, most: Int) throws(Refusal) {
    let events = Events(text)
    var walk = Walk(most: most)
    while let event = events.next() { try walk.take(event) }
  }
}

private struct Walk {
  /// A list or a mapping that is not at its end.
  private struct Open {
    var anchor: String?
    var isMapping: Bool
    var count = 0
    /// Values that it unfolds to, itself among them.
    var size = 1
  }

  let most: Int
  private var open: [Open] = []
  /// What each anchor unfolds to, and whether it is a scalar.
  private var anchors: [String: (size: Int, kind: String?)] = [:]

  init(most: Int) { self.most = most }

  mutating func take(_ event: Events.Event) throws(AliasLimit.Refusal) {
    if let tag = event.tag {
      let name = tag.hasPrefix("tag:yaml.org,2002:") ? "!!\(tag.dropFirst(18))" : tag
      throw refusal(
        "the tag \(name.unicodeScalars.prefix(40).map(String.init).joined()) is not understood here; take it away, and put quotes around what is text",
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
    if open[open.count - 1].size > most {
      throw refusal("the file unfolds to more than \(most) values; do aliases multiply?", event)
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

/// The events of libyaml's parser, up to the first mistake.
private final class Events {
  enum Kind {
    case scalar, alias, end, other
    case start(isMapping: Bool)
  }

  struct Event {
    var kind: Kind
    var anchor: String?
    /// One that is written out.
    var tag: String?
    var line: Int
    var column: Int
  }

  /// The parser keeps its own address, and that of its text.
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
