// Builds a document from events in one pass, and enforces the limits in the same pass.

struct Composer {
  /// A list or a mapping that has not ended.
  private struct Open {
    let index: Int32
    let isMapping: Bool
    let anchor: String?
    /// The index in `pending` of its first item or key.
    let start: Int
    /// Values that it expands to, including itself.
    var size = 1
    /// The keys of a mapping that has more of them than are compared one by one.
    var keys: Set<String> = []
    /// Whether one of the keys of a mapping is `<<`.
    var merges = false
  }

  private let limits: Limits
  /// Whether lists and mappings can be keys, except by an alias.
  private let allowsComplexKeys: Bool
  private var entries: [Document.Entry] = []
  private var children: [Int32] = []
  /// The items, keys and values so far of all that is open.
  private var pending: [Int32] = []
  private var open: [Open] = []
  /// The value of each anchor, and how many values it expands to.
  private var anchors: [String: (index: Int32, size: Int)] = [:]
  private var documents = 0

  /// The number of keys up to which comparing them is cheaper than hashing them.
  private static let fewKeys = 16

  init(limits: Limits, allowsComplexKeys: Bool) {
    self.limits = limits
    self.allowsComplexKeys = allowsComplexKeys
  }

  /// The value of the document, if there was one.
  var root: Node? {
    entries.isEmpty ? nil : Node(document: Document(entries: entries, children: children), index: 0)
  }

  mutating func take(_ event: Event) throws(YAMLError) {
    if let tag = event.tag { throw YAMLError(.tag(tag), at: event.mark) }
    switch event.kind {
    case .scalar(let text, let style):
      let index = append(.scalar, at: event.mark)
      entries[Int(index)].text = text
      entries[Int(index)].style = style
      if let anchor = event.anchor { anchors[anchor] = (index, 1) }
      try add(index, size: 1, at: event.mark)
    case .alias:
      guard let anchor = event.anchor, let named = anchors[anchor] else {
        throw YAMLError(.undefinedAlias, at: event.mark)
      }
      let kind = entries[Int(named.index)].kind
      if kind != .scalar, isKeyNext { throw YAMLError(.complexKey(kind), at: event.mark) }
      try add(named.index, size: named.size, at: event.mark)
    case .start(let kind):
      guard open.count < limits.maxDepth else { throw YAMLError(.tooDeep(limits.maxDepth), at: event.mark) }
      if !allowsComplexKeys, isKeyNext { throw YAMLError(.complexKey(kind), at: event.mark) }
      let index = append(kind, at: event.mark)
      open.append(Open(index: index, isMapping: kind == .mapping, anchor: event.anchor, start: pending.count))
    case .end: try close(at: event.mark)
    case .documentStart:
      documents += 1
      if documents > 1 { throw YAMLError(.anotherDocument, at: event.mark) }
    case .other: break
    }
  }

  private mutating func append(_ kind: Node.Kind, at mark: Mark) -> Int32 {
    entries.append(.init(kind: kind, line: Int32(clamping: mark.line), column: Int32(clamping: mark.column)))
    return Int32(clamping: entries.count - 1)
  }

  private mutating func close(at mark: Mark) throws(YAMLError) {
    guard let ended = open.popLast() else { return }
    let start = children.count
    children += ended.merges ? try merged(pending[ended.start...]) : pending[ended.start...]
    pending.removeLast(pending.count - ended.start)
    entries[Int(ended.index)].children = start..<children.count
    // only now: a value cannot contain itself
    if let anchor = ended.anchor { anchors[anchor] = (ended.index, ended.size) }
    try add(ended.index, size: ended.size, at: mark)
  }

  /// Adds a value to the innermost list or mapping.
  private mutating func add(_ index: Int32, size: Int, at mark: Mark) throws(YAMLError) {
    let last = open.count - 1
    guard last >= 0 else { return }
    open[last].size += size
    if open[last].size > limits.maxValues { throw YAMLError(.tooManyValues(limits.maxValues), at: mark) }
    if entries[Int(index)].kind == .scalar, isKeyNext {
      try checkDuplicate(index, at: mark)
      if isMergeKey(entries[Int(index)]) { open[last].merges = true }
    }
    pending.append(index)
  }

  /// The keys and values of a mapping, with those of the mappings that its `<<` names: its own keys come before these,
  /// and those of a mapping before those of the next in a list (https://yaml.org/type/merge.html).
  private func merged(_ pairs: ArraySlice<Int32>) throws(YAMLError) -> ArraySlice<Int32> {
    func isMerge(_ key: Int32) -> Bool { isMergeKey(entries[Int(key)]) }
    let places = stride(from: pairs.startIndex, to: pairs.endIndex, by: 2)
    var keys = Set(places.map { pairs[$0] }.filter { !isMerge($0) }.map { entries[Int($0)].text })
    var all: ArraySlice<Int32> = []
    for place in places {
      guard isMerge(pairs[place]) else {
        all += pairs[place...place + 1]
        continue
      }
      for source in try sources(pairs[place + 1]) {
        let members = children[entries[Int(source)].children]
        for member in stride(from: members.startIndex, to: members.endIndex, by: 2)
        where entries[Int(members[member])].kind != .scalar
          || keys.insert(entries[Int(members[member])].text).inserted
        {
          all += members[member...member + 1]
        }
      }
    }
    return all
  }

  /// The mappings that the value of `<<` names.
  private func sources(_ value: Int32) throws(YAMLError) -> [Int32] {
    let entry = entries[Int(value)]
    let sources = entry.kind == .sequence ? Array(children[entry.children]) : [value]
    for source in sources where entries[Int(source)].kind != .mapping {
      let place = entries[Int(source)]
      throw YAMLError(.merge(place.kind), at: Mark(line: Int(place.line), column: Int(place.column)))
    }
    return sources
  }

  private func isMergeKey(_ entry: Document.Entry) -> Bool {
    entry.kind == .scalar && entry.style == .plain && entry.text == "<<"
  }

  /// The keys of a mapping are its first value, its third, and so on.
  private var isKeyNext: Bool {
    guard let last = open.last, last.isMapping else { return false }
    return (pending.count - last.start).isMultiple(of: 2)
  }

  private mutating func checkDuplicate(_ index: Int32, at mark: Mark) throws(YAMLError) {
    let last = open.count - 1
    let text = entries[Int(index)].text
    let known = stride(from: open[last].start, to: pending.count, by: 2)
    let isDuplicate: Bool
    if pending.count - open[last].start < 2 * Composer.fewKeys {
      isDuplicate = known.contains { place in
        let key = Int(pending[place])
        return entries[key].kind == .scalar && entries[key].text == text
      }
    } else {
      if open[last].keys.isEmpty {
        for place in known where entries[Int(pending[place])].kind == .scalar {
          open[last].keys.insert(entries[Int(pending[place])].text)
        }
      }
      isDuplicate = !open[last].keys.insert(text).inserted
    }
    if isDuplicate { throw YAMLError(.duplicateKey(text), at: mark) }
  }
}
