// A mapping that several files have parts of.

import YAML

extension YAMLReader {
  /// Other mappings whose members count where this one has none, the nearest first.
  final class Layers {
    let readers: [YAMLReader]

    init(_ readers: [YAMLReader]) { self.readers = readers }
  }

  /// The members of a mapping and of those below it, as they are, complex keys included.
  ///
  /// Mappings of the same name are one mapping. Of other values, the nearest counts; a null removes those below it.
  var layeredMembers: [(key: YAMLReader, value: YAMLReader)] {
    guard let below else { return node.members.map { (inner($0), inner($1, keyMark: $0.mark)) } }
    var merged: [(key: YAMLReader, value: YAMLReader, isOpen: Bool, isRemoved: Bool)] = []
    var indices: [String: Int] = [:]
    for layer in [alone] + below.readers {
      for (key, value) in layer.layeredMembers {
        let isMapping = value.node.kind == .mapping
        guard let name = key.node.text, let index = indices[name] else {
          if let name = key.node.text { indices[name] = merged.count }
          merged.append((key, value, isMapping, false))
          continue
        }
        if merged[index].value.isNull {
          merged[index].isRemoved = true
        } else if merged[index].isOpen, isMapping {
          merged[index].value.add(value)
        } else {
          merged[index].isOpen = false
        }
      }
    }
    return merged.filter { !$0.isRemoved }.map { ($0.key, $0.value) }
  }

  /// The same mapping without those below it.
  private var alone: YAMLReader {
    var reader = self
    reader.below = nil
    return reader
  }

  /// Puts a mapping below this one and below those that are there already.
  mutating func add(_ mapping: YAMLReader) { below = Layers((below?.readers ?? []) + [mapping]) }

  func has(_ name: String) -> Bool {
    guard below != nil else { return node.members.contains { $0.key.text == name } }
    return layeredMembers.contains { $0.key.node.text == name }
  }
}
