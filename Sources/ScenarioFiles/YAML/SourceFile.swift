// One YAML file: read up to a maximum size, parsed, with the place of every value.

import BuiltInPack
import ConformanceModel
import Files
import YAML

/// A file and the errors found in it so far.
///
/// A class, because the readers of its nodes share it; one thread at a time uses it.
final class SourceFile {
  /// 4 MiB. Parsing takes memory many times the size of the file.
  static let maxBytes = 4 << 20
  /// The maximum number of values, with those that aliases expand to.
  static let maxNodes = 400_000

  /// In Unicode scalars.
  static let maxMessage = 1500

  let path: String
  private var found: [Diagnostic] = []
  /// What was read, unless it is not UTF-8.
  private var bytes: [UInt8]?
  /// Split only for a message: few files have one.
  private(set) lazy var lines: [Substring] = bytes.map(SourceFile.lines) ?? []
  private var visited = 0
  /// What the names in the file mean; `nil` if it is no fragment.
  var fragment: Fragment?
  /// What `${env.NAME}` means in texts that decide how the file is read; `nil` if it means nothing there.
  var variables: FileVariables?
  /// The steps that use the file, if it is a fragment: the nearest first.
  var usedAt: [Place] = []
  /// Lines that contain a literal secret: no message shows them.
  private var confidentialLines: Set<Int> = []

  /// The content, if it is not that of the file.
  private let text: String?

  /// - Parameter text: The content of a file that is not written yet; `nil` reads the file.
  init(path: String, text: String? = nil) {
    self.path = path
    self.text = text
  }

  /// In bytes.
  var size: Int { bytes?.count ?? 0 }

  /// In the order of the file.
  var diagnostics: [Diagnostic] {
    found.enumerated().map { (place: position($0.element), offset: $0.offset, element: $0.element) }.sorted {
      ($0.place.line, $0.place.column, $0.offset) < ($1.place.line, $1.place.column, $1.offset)
    }
    .map { indexed in
      var diagnostic = indexed.element
      if diagnostic.place.file == path, confidentialLines.contains(diagnostic.place.line) { diagnostic.line = nil }
      return diagnostic
    }
  }

  /// Where a diagnostic belongs in this file: one of a fragment belongs to the step that uses it.
  private func position(_ diagnostic: Diagnostic) -> Place {
    diagnostic.place.file == path ? diagnostic.place : diagnostic.usedAt.first { $0.file == path } ?? diagnostic.place
  }

  /// Keeps the line of a literal secret out of all messages.
  func hideLine(_ line: Int) { confidentialLines.insert(line) }

  /// The parsed document, or `nil` after an error.
  func parse() -> YAMLReader? {
    if let text { return parse(Array(text.utf8)) }
    do throws(Unreadable) { return parse(try SourceFile.bytes(path)) } catch {
      add(error.reason, at: Place(file: path, line: 1, column: 1))
      return nil
    }
  }

  private func parse(_ bytes: [UInt8]) -> YAMLReader? {
    self.bytes = bytes
    let start = Place(file: path, line: 1, column: 1)
    do throws(YAMLError) {
      if let node = try Document.parse(bytes, limits: Limits(maxValues: SourceFile.maxNodes)) {
        return YAMLReader(node: node, file: self)
      }
      add("the file is empty", at: start)
    } catch {
      guard error.reason == .notUTF8 else {
        add(error)
        return nil
      }
      let isUTF16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
      // the message shows no line
      self.bytes = nil
      add(isUTF16 ? "is UTF-16; save it as UTF-8" : "is not UTF-8", at: start)
    }
    return nil
  }

  /// Why a file cannot be read; the message follows the name of the file.
  struct Unreadable: Error {
    var reason: String
  }

  static func bytes(_ path: String) throws(Unreadable) -> [UInt8] {
    if let file = BuiltInPack.file(path) { return file.bytes }
    let bytes: [UInt8]?
    do throws(FileError) { bytes = try RegularFile.read(path, atMost: SourceFile.maxBytes) } catch {
      throw Unreadable(reason: error.message)
    }
    if let bytes { return bytes }
    throw Unreadable(
      reason:
        "is larger than \(SourceFile.maxBytes >> 20) MiB; split it, or generate test cases with ranges in 'cases'")
  }

  /// Whether the file is a mapping with the key `steps`, as scenarios are.
  var hasSteps: Bool {
    // most files are excluded without being parsed
    guard let bytes = try? SourceFile.bytes(path), String(decoding: bytes, as: UTF8.self).utf8Contains("steps"),
      let root = parse(bytes)?.node
    else { return false }
    return root.members.contains { $0.key.text == "steps" }
  }

  /// The path of a file that this file names, relative to this file.
  func neighbour(_ name: String) -> String { Path.join(folder, name) }

  var folder: String { Path.folder(of: path) }

  /// Adds the errors of a file that this file names.
  func adopt(_ other: SourceFile) {
    found += other.diagnostics
    adopted.append(other.path)
  }

  /// The files that it names and that were read.
  private(set) var adopted: [String] = []

  func add(_ message: String, at place: Place, length: Int = 1) {
    guard found.count < 100 else { return }
    // one character of a name can be thousands of combining marks
    let start = SafeText.start(of: message, longest: SourceFile.maxMessage)
    let whole = start.utf8.count < message.utf8.count ? start + "…" : message
    let message = variables?.hidingSecrets(whole) ?? whole
    // a value can be read twice, as a template and by the check for secrets
    guard !found.contains(where: { $0.place == place && $0.message == message }) else { return }
    var diagnostic = Diagnostic(place: place, message: message, length: length)
    diagnostic.usedAt = usedAt
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
      add(SourceFile.tooManyValues(SourceFile.maxNodes), at: Place(file: path, line: 1, column: 1))
    }
    return visited < SourceFile.maxNodes
  }

  static func tooManyValues(_ maxValues: Int) -> String {
    "the file expands to more than \(maxValues) values; check for aliases that multiply"
  }
}
