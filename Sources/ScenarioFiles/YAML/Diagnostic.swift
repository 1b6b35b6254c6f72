// An error in a YAML file, and how it is shown.

public import ConformanceModel

/// What is wrong, where, and what to do.
public struct Diagnostic: Error, Sendable, Hashable {
  public var place: Place
  public var message: String
  /// The line of the file, for the caret; a long one is cut around the place.
  public var line: String?
  /// How many characters were cut from the start of the line.
  var cut = 0
  /// How many characters the caret underlines.
  public var length: Int
  /// The steps that use the fragment in which the error is, the nearest first.
  public var usedAt: [Place] = []
  /// How many other steps use it.
  var otherUses = 0

  public init(place: Place, message: String, line: String? = nil, length: Int = 1) {
    self.place = place
    self.message = message
    self.line = line
    self.length = length
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `file:line:column: message`, then the line with a caret under the place.
  public var description: String {
    let uses = usedAt.enumerated().map { index, place in
      let others = index == 0 && otherUses > 0 ? ", and by \(otherUses.counted("other step"))" : ""
      return "\n  used at \(place)\(others)"
    }
    return shown + uses.joined()
  }

  private var shown: String {
    let head = "\(place): \(String(Diagnostic.printable(message)))"
    guard let line else { return head }
    let number = String(place.line)
    let gutter = String(repeating: " ", count: max(number.count, 4))
    let padded = String(repeating: " ", count: gutter.count - number.count) + number
    let (shown, column) = Diagnostic.window(line, around: place.column - cut)
    let caret =
      String(repeating: " ", count: column - 1)
      + String(repeating: "^", count: max(1, min(length, shown.count - column + 1)))
    return "\(head)\n\(padded) | \(shown)\n\(gutter) | \(caret)"
  }

  /// At most 120 characters of a line, with control characters replaced.
  private static func window(_ line: String, around column: Int) -> (String, Int) {
    let characters = printable(line)
    let start = column > 100 ? min(column - 60, characters.count) : 0
    return (String(characters.dropFirst(start).prefix(120)), max(1, column - start))
  }

  /// A space in place of each control character and each character that changes the direction of text.
  private static func printable(_ text: String) -> [Character] {
    text.unicodeScalars.map { scalar in
      scalar.value < 0x20 || scalar.value == 0x7F || (0x80..<0xA0).contains(scalar.value)
        || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        ? " " : Character(scalar)
    }
  }
}

/// Several errors, in the order of files and lines.
public struct Diagnostics: Error, Sendable, CustomStringConvertible {
  public var list: [Diagnostic]

  public init(_ list: [Diagnostic]) { self.list = list }

  /// With the errors of a fragment once, however many steps use it.
  init(merging list: [Diagnostic]) {
    var indices: [Diagnostic: Int] = [:]
    self.list = []
    for diagnostic in list {
      var key = diagnostic
      key.usedAt = []
      if let index = indices[key] {
        self.list[index].otherUses += diagnostic.usedAt.isEmpty ? 0 : 1
        continue
      }
      indices[key] = self.list.count
      self.list.append(diagnostic)
    }
  }

  public var description: String { list.map(\.description).joined(separator: "\n") }
}
