// libyaml's events as values. No pointer leaves this file.

internal import CYAML

/// The library that parses.
public enum YAMLLibrary {
  /// The version of libyaml that is loaded: `0.2.5`.
  public static var version: String { String(cString: yaml_get_version_string()) }
}

/// One step of libyaml's parser.
struct Event {
  enum Kind {
    case scalar(text: String, style: Node.Style)
    case alias
    case start(Node.Kind)
    case end
    case documentStart
    case other
  }

  var kind: Kind
  /// The name that a value defines by `&`, or that an alias uses by `*`.
  var anchor: String?
  var tag: String?
  var mark: Mark

  /// Calls `body` for each event of a text in UTF-8.
  ///
  /// - Throws: `YAMLError` if the text is not YAML, and what `body` throws.
  static func each(
    of text: ArraySlice<UInt8>, _ body: (Event) throws(YAMLError) -> Void
  ) throws(YAMLError) {
    // an empty buffer may have no address, which libyaml takes for an error of its caller
    guard !text.isEmpty else { return }
    try text.withUnsafeBufferPointer { (bytes) throws(YAMLError) -> Void in
      // allocated, since the parser keeps its own address
      let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
      parser.initialize(to: yaml_parser_t())
      defer { parser.deallocate() }
      guard yaml_parser_initialize(parser) == 1 else { throw YAMLError(.outOfMemory, at: .start) }
      defer { yaml_parser_delete(parser) }
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
      var event = yaml_event_t()
      while true {
        guard yaml_parser_parse(parser, &event) == 1 else { throw error(of: parser.pointee, in: text) }
        defer { yaml_event_delete(&event) }
        if event.type == YAML_STREAM_END_EVENT { return }
        try body(Event(event).moved(into: text))
      }
    }
  }

  private init(_ event: yaml_event_t) {
    mark = Mark(event.start_mark)
    switch event.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      // it can contain the character 0, from an escape
      let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      kind = .scalar(text: text, style: Node.Style(scalar.style))
      anchor = Event.name(scalar.anchor)
      tag = Event.name(scalar.tag)
    case YAML_ALIAS_EVENT:
      kind = .alias
      anchor = Event.name(event.data.alias.anchor)
    case YAML_SEQUENCE_START_EVENT:
      kind = .start(.sequence)
      anchor = Event.name(event.data.sequence_start.anchor)
      tag = Event.name(event.data.sequence_start.tag)
    case YAML_MAPPING_START_EVENT:
      kind = .start(.mapping)
      anchor = Event.name(event.data.mapping_start.anchor)
      tag = Event.name(event.data.mapping_start.tag)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: kind = .end
    case YAML_DOCUMENT_START_EVENT: kind = .documentStart
    default: kind = .other
    }
  }

  /// The empty value of a document without content is at the end of the text, and not on a line behind it.
  private func moved(into text: ArraySlice<UInt8>) -> Event {
    guard case .scalar("", .plain) = kind, mark.column == 1, mark.line > 1 else { return self }
    let end = Mark.end(of: text)
    guard mark.line > end.line else { return self }
    var event = self
    event.mark = end
    return event
  }

  private static func name(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? { text.map { String(cString: $0) } }

  private static func error(of parser: yaml_parser_t, in text: ArraySlice<UInt8>) -> YAMLError {
    let problem = parser.problem.map { String(cString: $0) } ?? "cannot be parsed"
    switch parser.error {
    case YAML_MEMORY_ERROR: return YAMLError(.outOfMemory, at: .start)
    case YAML_READER_ERROR:
      // the offset that the parser reports counts neither bytes nor characters
      return YAMLError(.character(problem), at: Mark.first(in: text) { !$0.isPrintableInYAML } ?? .start)
    default: return YAMLError(.syntax(problem), at: Mark(parser.problem_mark))
    }
  }
}

extension Mark {
  fileprivate init(_ mark: yaml_mark_t) { self.init(line: mark.line + 1, column: mark.column + 1) }
}

extension Node.Style {
  fileprivate init(_ style: yaml_scalar_style_t) {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: self = .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: self = .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: self = .literal
    case YAML_FOLDED_SCALAR_STYLE: self = .folded
    default: self = .plain
    }
  }
}
