import Testing

@testable import Processes

@Suite("Lines of a program's output")
struct LineFilterTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test("a line is passed to the filter once it is whole, in whatever pieces it arrives")
  func pieces() {
    var lines = LineFilter { $0.replacing("secret".utf8, with: "***".utf8) }
    #expect(lines.add("a sec".utf8).isEmpty)
    #expect(text(lines.add("ret\nb".utf8)) == "a ***\n")
    #expect(text(lines.add(" secret\n\nc\n".utf8)) == "b ***\n\nc\n")
    #expect(text(lines.add("end".utf8) + lines.finish()) == "end")
    #expect(lines.finish().isEmpty)
  }

  @Test("a line that is too long is truncated with a note, and the line after it is whole")
  func tooLong() {
    var lines = LineFilter { $0 }
    let size = LineFilter.maxLine + 1000
    let output = lines.add([UInt8](repeating: 0x61, count: size)) + lines.add("\nnext\n".utf8)
    let kept = LineFilter.maxLine - LineFilter.maxSecret
    #expect(output.prefix { $0 == 0x61 }.count == kept)
    #expect(text(Array(output.dropFirst(kept))) == "… \(size - kept + 1) bytes of this line omitted\nnext\n")
  }

  @Test("a secret across the cut of a long line does not show in part")
  func secretAcrossTheCut() {
    let secret = Array("the-secret-of-this-test".utf8)
    for shift in [1, secret.count / 2, secret.count - 1] {
      var lines = LineFilter { $0.replacing(secret, with: "***".utf8) }
      let before = [UInt8](repeating: 0x2E, count: LineFilter.maxLine - shift)
      let output = lines.add(before + secret + before) + lines.finish()
      #expect(!text(output).contains("the-"))
    }
  }
}
