import Testing

@testable import Processes

@Suite("The file of a program")
struct ProgramFileTests {
  /// The headers of an ELF file with these program headers and sections, and no code.
  private static func elf(programHeaders: [UInt32], sections: [String] = []) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let names = sections.map { Array($0.utf8) + [0] }
    let table = 64 + 56 * programHeaders.count
    let headers = table + names.joined().count
    var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 25)
    bytes +=
      number(64, 8) + number(headers, 8) + number(0, 4) + number(64, 2) + number(56, 2)
      + number(programHeaders.count, 2)
    bytes += number(64, 2) + number(sections.count + 1, 2) + number(sections.count, 2)
    for type in programHeaders { bytes += number(Int(type), 4) + [UInt8](repeating: 0, count: 52) }
    bytes += names.joined()
    var offset = 0
    for name in names {
      bytes += number(offset, 4) + [UInt8](repeating: 0, count: 60)
      offset += name.count
    }
    // the section of the names, last
    return bytes + number(offset, 4) + [UInt8](repeating: 0, count: 20) + number(table, 8)
      + [UInt8](repeating: 0, count: 32)
  }

  private let load: UInt32 = 1, interpreter: UInt32 = 3

  private func inspect(_ bytes: [UInt8]) throws -> ProgramFile? {
    let folder = try TemporaryFolder()
    return ProgramFile.inspect(try folder.write(bytes, to: "program", executable: true), folder: "/", path: "")
  }

  @Test("the shell of this machine can have a simulated clock")
  func shell() throws {
    let file = try #require(ProgramFile.inspect("sh", folder: "/", path: "/usr/bin:/bin"))
    #expect(file.isDynamic)
    #expect(file.obstacle == nil)
  }

  @Test("a program without a dynamic loader cannot have one, and the obstacle says why")
  func isStatic() throws {
    let file = try #require(try inspect(ProgramFileTests.elf(programHeaders: [load, load])))
    #expect(file.obstacle?.contains("linked statically") == true)
    #expect(try #require(try inspect(ProgramFileTests.elf(programHeaders: [load, interpreter]))).obstacle == nil)
  }

  @Test(
    "a Go program cannot have one, even with a dynamic loader",
    arguments: [".go.buildinfo", ".note.go.buildid", ".gopclntab"])
  func go(section: String) throws {
    let file = try #require(
      try inspect(ProgramFileTests.elf(programHeaders: [interpreter], sections: [".text", section])))
    #expect(file.isGo)
    #expect(file.obstacle?.contains("is a Go program") == true)
  }

  @Test("a script is followed to its interpreter, through env and through another script")
  func scripts() throws {
    let folder = try TemporaryFolder()
    let program = try folder.write(ProgramFileTests.elf(programHeaders: [load]), to: "runner", executable: true)
    try folder.write("#!\(program) -x\n".utf8, to: "inner", executable: true)
    try folder.write("#!/usr/bin/env -S WORD=1 inner\n".utf8, to: "outer", executable: true)
    let file = try #require(ProgramFile.inspect("./outer", folder: folder.path, path: folder.path))
    #expect(file.path == program)
    #expect(file.obstacle != nil)
  }

  @Test("a broken file gives no result, and none traps")
  func broken() throws {
    let whole = ProgramFileTests.elf(programHeaders: [load], sections: [".text"])
    for length in [0, 1, 4, 63, 64, 65, whole.count - 1] { _ = try inspect(Array(whole.prefix(length))) }
    for offset in 4..<64 {
      var bytes = whole
      for place in offset..<min(offset + 8, 64) { bytes[place] = offset % 2 == 0 ? 0xFF : 0x7F }
      _ = try inspect(bytes)
    }
    #expect(ProgramFile.inspect("no-such-program-here", folder: "/", path: "/bin") == nil)
  }
}
