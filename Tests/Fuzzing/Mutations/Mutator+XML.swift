// Mutations of XML tags: elements are moved, repeated, cut or replaced.

extension Mutator {
  mutating func mutateXML(_ bytes: inout [UInt8]) {
    // each part is a tag with the text after it; the first part is the text before the first tag
    var parts: [[UInt8]] = [[]]
    for byte in bytes {
      if byte == UInt8(ascii: "<") { parts.append([]) }
      parts[parts.count - 1].append(byte)
    }
    let one = below(parts.count), other = below(parts.count)
    switch below(8) {
    case 0: parts.swapAt(one, other)
    case 1: parts.insert(parts[one], at: other)
    case 2: parts.remove(at: one)
    case 3: parts.insert(tag(), at: one)
    case 4: replaceValue(&parts[one])
    case 5: parts[one] += token()
    case 6: parts.insert(contentsOf: parts[min(one, other)...max(one, other)], at: one)
    default: parts[one].insert(contentsOf: [0x20] + token(), at: min(parts[one].count, 1 + below(parts[one].count)))
    }
    bytes = Array(parts.joined())
  }

  private mutating func tag() -> [UInt8] {
    let tags = tokens.filter { $0.hasPrefix("<") }
    return tags.isEmpty ? token() : Array(tags[below(tags.count)].utf8)
  }

  /// Replaces the value of the first attribute after a random place.
  private mutating func replaceValue(_ part: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    guard let start = part[below(part.count)...].firstIndex(of: quote),
      let end = part[(start + 1)...].firstIndex(of: quote)
    else { return }
    part.replaceSubrange(start + 1..<end, with: token())
  }
}
