// One YAML file: read up to a maximum size, parsed, with the place of every value.

import ConformanceModel
import Files
import Foundation
import Yams

/// A file and the errors found in it so far.
///
/// A class, because the readers of its nodes share it; it never leaves the task that loads it.
final class SourceFile {
  /// 4 MiB. Parsing takes memory many times the size of the file.
  static let maxBytes = 4 << 20
  /// More values than a file of `maxBytes` holds without aliases.
  static let maxNodes = 400_000

  let path: String
  private var found: [Diagnostic] = []
  /// What was read, if it can be read.
  private var text: String?
  /// Split only for a message: few files have one.
  private lazy var lines: [Substring] =
    text?.split(omittingEmptySubsequences: false) { SourceFile.breaks.contains($0) } ?? []
  private var visited = 0
  /// Lines that contain a literal secret: no message shows them.
  private var confidentialLines: Set<Int> = []

  init(path: String) { self.path = path }

  /// In the order of the file.
  var diagnostics: [Diagnostic] {
    found.enumerated().sorted {
      ($0.element.place.line, $0.element.place.column, $0.offset) < (
        $1.element.place.line, $1.element.place.column, $1.offset
      )
    }
    .map { indexed in
      var diagnostic = indexed.element
      if confidentialLines.contains(diagnostic.place.line) { diagnostic.line = nil }
      return diagnostic
    }
  }

  /// Keeps the line of a literal secret out of all messages.
  func hideLine(_ line: Int) { confidentialLines.insert(line) }

  /// The parsed document, or `nil` after an error.
  func parse() -> YAMLReader? {
    guard let text = read() else { return nil }
    self.text = text
    // libyaml takes it as part of a text, in which nobody sees it
    if text.utf8.contains(0xEF), let mark = place(of: "\u{FEFF}") {
      add("a byte order mark is only allowed at the start of a file; remove it", at: mark)
      return nil
    }
    if !AliasLimit.isPlain(text) {
      do throws(AliasLimit.Refusal) { try AliasLimit.check(text, maxValues: SourceFile.maxNodes) } catch {
        add(error.message, at: place(error.line, error.column))
        return nil
      }
    }
    do {
      // `YAMLReader` resolves scalars by the core schema: Yams would match each against seven regular expressions
      guard let node = try Yams.compose(yaml: text, .basic, .default, .utf8) else {
        add("the file is empty", at: Place(file: path, line: 1, column: 1))
        return nil
      }
      return YAMLReader(node: node, file: self)
    } catch let error as YamlError {
      add(error)
    } catch {
      add("not valid YAML: \(error)", at: Place(file: path, line: 1, column: 1))
    }
    return nil
  }

  /// The line breaks that libyaml counts.
  private static let breaks: Set<Character> = ["\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]

  private func read() -> String? {
    let start = Place(file: path, line: 1, column: 1)
    do throws(Unreadable) {
      let bytes = try SourceFile.bytes(path)
      if let text = String(validating: bytes, as: UTF8.self) {
        // a byte order mark at the start is not content (YAML 1.2.2 section 5.2)
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
      }
      let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
      add(isUTF16 ? "is UTF-16; save it as UTF-8" : "is not UTF-8", at: start)
    } catch {
      add(error.reason, at: start)
    }
    return nil
  }

  /// Why a file cannot be read; the message follows the name of the file.
  struct Unreadable: Error {
    var reason: String
  }

  static func bytes(_ path: String) throws(Unreadable) -> [UInt8] {
    let descriptor: Int32
    do throws(FileError) { descriptor = try RegularFile.open(path) } catch { throw Unreadable(reason: error.message) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    let data: Data
    do { data = try handle.read(upToCount: SourceFile.maxBytes + 1) ?? Data() } catch {
      throw Unreadable(reason: "cannot be read: \((error as NSError).localizedDescription)")
    }
    guard data.count <= SourceFile.maxBytes else {
      throw Unreadable(
        reason:
          "is larger than \(SourceFile.maxBytes >> 20) MiB; split it, or generate test cases with ranges in 'cases'")
    }
    return Array(data)
  }

  /// Whether the file is a mapping with the key `steps`, as scenarios are.
  var hasSteps: Bool {
    // most files are excluded without being parsed
    guard let bytes = try? SourceFile.bytes(path), String(decoding: bytes, as: UTF8.self).utf8Contains("steps"),
      case .mapping(let mapping) = parse()?.node
    else { return false }
    return mapping.contains { $0.key.scalar?.string == "steps" }
  }

  /// The path of a file that this file names, relative to this file.
  func neighbour(_ name: String) -> String { Path.join(folder, name) }

  var folder: String { Path.folder(of: path) }

  /// Adds the errors of a file that this file names.
  func adopt(_ other: SourceFile) { found += other.diagnostics }

  func add(_ message: String, at place: Place, length: Int = 1) {
    guard found.count < 100 else { return }
    // a value can be read twice, as a template and by the check for secrets
    guard !found.contains(where: { $0.place == place && $0.message == message }) else { return }
    var diagnostic = Diagnostic(place: place, message: message, length: length)
    if lines.indices.contains(place.line - 1) {
      diagnostic.cut = max(0, place.column - 200)
      diagnostic.line = String(lines[place.line - 1].unicodeScalars.dropFirst(diagnostic.cut).prefix(400))
    }
    found.append(diagnostic)
  }

  /// Counts a value; reports once that there are too many.
  func visit() -> Bool {
    visited += 1
    if visited == SourceFile.maxNodes {
      add(
        "the file expands to more than \(SourceFile.maxNodes) values; check for aliases that multiply",
        at: Place(file: path, line: 1, column: 1))
    }
    return visited < SourceFile.maxNodes
  }

  private func add(_ error: YamlError) {
    switch error {
    case .scanner(_, let finding, let mark, _), .parser(_, let finding, let mark, _),
      .composer(_, let finding, let mark, _):
      let place = place(mark.line, mark.column)
      let hint = hint(finding, at: place)
      add(hint?.message ?? "not valid YAML: \(finding)", at: hint?.place ?? place)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let name = duplicates.first ?? ""
      let place = second(name, after: context.mark.line) ?? place(context.mark.line, context.mark.column)
      add("duplicate key '\(name.prefix(60))'; remove one of them", at: place, length: name.count)
    case .reader(let finding, _, _, _):
      add("not valid YAML: \(finding)", at: placeOfInvalidCharacter ?? Place(file: path, line: 1, column: 1))
    default:
      add("not valid YAML: \(error)", at: Place(file: path, line: 1, column: 1))
    }
  }

  /// What to write instead, for the most frequent errors.
  private func hint(_ finding: String, at place: Place) -> (message: String, place: Place)? {
    guard lines.indices.contains(place.line - 1) else { return nil }
    if finding.contains("another document") {
      return ("a file contains one YAML document; remove the line '---' and what follows it", place)
    }
    let line = Array(lines[place.line - 1].unicodeScalars)
    if let tab = line.prefix(while: { " \t".unicodeScalars.contains($0) }).firstIndex(of: "\t"),
      finding.contains("tab") || finding.contains("cannot start any token")
    {
      return ("a tab cannot indent; use spaces", Place(file: path, line: place.line, column: tab + 1))
    }
    // in a flow mapping or sequence, the brace of ${name} starts another mapping
    let column = place.column - 1
    if line.indices.contains(column), line[column] == "{", column > 0, line[column - 1] == "$" {
      let name = line[column...].prefix { $0 != "}" }
      let reference = "$\(String(String.UnicodeScalarView(name.prefix(60))))}"
      return (
        "inside braces and brackets, a text with ${…} must be quoted: \"\(reference)\"",
        Place(file: path, line: place.line, column: column)
      )
    }
    return nil
  }

  /// The place of the duplicate: the parser reports only that of the mapping.
  private func second(_ key: String, after line: Int) -> Place? {
    var seen: [Int: Bool] = [:]
    for (index, text) in lines.enumerated() where index >= line - 1 {
      let content = text.drop { $0 == " " || $0 == "-" }
      guard content.hasPrefix("\(key):") else { continue }
      let column = text.unicodeScalars.count - content.unicodeScalars.count + 1
      if seen[column] == true { return Place(file: path, line: index + 1, column: column) }
      seen[column] = true
    }
    return nil
  }

  /// A place in the file. The parser counts the end of a file as a line of its own.
  private func place(_ line: Int, _ column: Int) -> Place {
    guard line > lines.count, let last = lines.last else { return Place(file: path, line: line, column: column) }
    return Place(file: path, line: lines.count, column: last.unicodeScalars.count + 1)
  }

  /// The first character that YAML does not allow. The offset that the parser reports counts neither bytes nor
  /// characters.
  private var placeOfInvalidCharacter: Place? {
    firstPlace { scalar in
      switch scalar.value {
      case 0x09, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: false
      default: true
      }
    }
  }

  private func place(of scalar: Unicode.Scalar) -> Place? { firstPlace { $0 == scalar } }

  private func firstPlace(_ condition: (Unicode.Scalar) -> Bool) -> Place? {
    for (number, line) in lines.enumerated() {
      if let column = line.unicodeScalars.firstIndex(where: condition) {
        return place(number + 1, line.unicodeScalars.distance(from: line.startIndex, to: column) + 1)
      }
    }
    return nil
  }
}
