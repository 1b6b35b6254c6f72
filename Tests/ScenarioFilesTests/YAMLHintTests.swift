import ConformanceModel
import Foundation
import ScenarioFiles
import TestSupport
import Testing

@Suite("YAML files of other editors")
struct YAMLHintTests {
  private static let requirements = "requirements:\n  - { id: A-01, level: must, source: s, text: t }\n"
  private static let scenario = "title: A case\ncovers: [A-01]\nsteps:\n  - list-clients:\n    expect: listed\n"

  @Test("a byte order mark at the start is not content, and not a column")
  func byteOrderMark() throws {
    let folder = try TemporaryFolder()
    try folder.write("requirements.yaml", "\u{FEFF}" + YAMLHintTests.requirements)
    let path = try folder.write("suite/one.yaml", "\u{FEFF}" + YAMLHintTests.scenario)
    #expect(try Library.load([folder.path]).scenarios.map(\.title) == ["A case"])
    try folder.write("suite/one.yaml", "\u{FEFF}titel: A case\n")
    let diagnostics = try #require(throws: Diagnostics.self) { _ = try Library.load([path]) }
    #expect(diagnostics.description.contains("one.yaml:1:1: unknown key 'titel'"))
    #expect(diagnostics.description.contains("   1 | titel: A case\n     | ^^^^^\n"))
    try folder.write("suite/one.yaml", "\u{FEFF}&a [*a")
    let broken = try #require(throws: Diagnostics.self) { _ = try Library.load([path]) }
    #expect(broken.description.contains("one.yaml:1:5: "), "\(broken)")
  }

  @Test("a byte order mark inside of a file is refused")
  func innerByteOrderMark() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("one.yaml", "title: a\u{FEFF}b\n")
    let diagnostics = try #require(throws: Diagnostics.self) { _ = try Library.load([path]) }
    let message = "one.yaml:1:9: a byte order mark is only allowed at the start of a file; remove it"
    #expect(diagnostics.description.contains(message), "\(diagnostics)")
  }

  @Test("a message is short, however many combining marks one character of a name has")
  func combiningMarks() throws {
    let folder = try TemporaryFolder()
    let name = "a" + String(repeating: "\u{301}", count: 5000)
    let path = try folder.write("one.yaml", "title: a\ncovers: []\nsteps:\n  - \(name): x\n")
    let diagnostics = try #require(throws: Diagnostics.self) { _ = try Library.load([path]) }
    let messages = diagnostics.list.map(\.message)
    #expect(!messages.isEmpty && messages.allSatisfy { $0.unicodeScalars.count <= 1501 }, "\(messages.map(\.count))")
  }

  @Test("a UTF-16 file is named as such", arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian])
  func utf16(_ encoding: String.Encoding) throws {
    let folder = try TemporaryFolder()
    let data = try #require(("\u{FEFF}" + YAMLHintTests.scenario).data(using: encoding))
    let path = try folder.write("one.yaml", data)
    let diagnostics = try #require(throws: Diagnostics.self) { _ = try Library.load([path]) }
    #expect(diagnostics.description.hasSuffix("one.yaml:1:1: is UTF-16; save it as UTF-8"))
  }
}
