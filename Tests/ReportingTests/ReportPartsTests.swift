// Large pieces of a report reach its file whole and in their order.

import Foundation
import RunEvents
import TestSupport
import Testing

@Suite("A report in pieces")
struct ReportPartsTests {
  @Test(
    "has what was added, in that order, whatever the sizes, in memory and behind that on the disk",
    arguments: [1, 1000, 70_000, 300_000], [true, false])
  func order(size: Int, hasFolder: Bool) throws {
    let folder = try Folder()
    var parts = ReportParts(in: hasFolder ? folder.path : nil)
    var expected: [UInt8] = Array("head".utf8)
    for number in 0..<(1_000_000 / size + 20) {
      let piece = [UInt8](repeating: UInt8(number % 251), count: size)
      parts.append { $0 += piece }
      expected += piece
    }
    expected += "tail".utf8
    let draft = try ReportDraft(folder.path + "/report")
    let sink = ReportSink(draft.descriptor, draft.name)
    try sink.write("head")
    try parts.write(to: sink)
    try sink.write("tail")
    try sink.flush()
    try draft.commit()
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/report")) == Data(expected))
  }

  @Test("stays in memory where there can be no file")
  func noFile() throws {
    let folder = try Folder()
    var parts = ReportParts(in: folder.path + "/missing")
    for number in 0..<20 { parts.append { $0 += [UInt8](repeating: UInt8(number), count: 70_000) } }
    let draft = try ReportDraft(folder.path + "/report")
    let sink = ReportSink(draft.descriptor, draft.name)
    try parts.write(to: sink)
    try sink.flush()
    try draft.commit()
    let expected = (0..<20).flatMap { [UInt8](repeating: UInt8($0), count: 70_000) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/report")) == Data(expected))
  }

  @Test("has nothing if nothing was added")
  func empty() throws {
    let folder = try Folder()
    let draft = try ReportDraft(folder.path + "/report")
    let sink = ReportSink(draft.descriptor, draft.name)
    try ReportParts(in: nil).write(to: sink)
    try sink.flush()
    try draft.commit()
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/report")).isEmpty)
  }
}
