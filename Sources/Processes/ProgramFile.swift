// What a program's file reveals before it is started.

import CPosix
import Glibc
import SystemPackage

/// The program that runs in the end, after links, the search path and the first lines of scripts were followed.
public struct ProgramFile: Sendable, Hashable {
  public var path: String
  /// It is run by a dynamic loader, which loads the libraries of LD_PRELOAD first.
  public var isDynamic: Bool
  /// Made by the Go compiler: such programs read the time from the kernel and bypass all libraries.
  public var isGo: Bool
  /// The loader ignores LD_PRELOAD for it.
  public var isPrivileged: Bool

  /// Why a preloaded library has no effect on it; `nil` if it has.
  public var obstacle: String? {
    if isGo {
      return "\(path) is a Go program, which reads the time from the kernel directly; "
        + "use conform-clock, or the clock driver http or command"
    }
    if !isDynamic {
      return "\(path) is linked statically, so that no library can be preloaded; "
        + "use conform-clock, or the clock driver http or command"
    }
    if isPrivileged { return "\(path) is setuid or setgid, so that the loader ignores LD_PRELOAD" }
    return nil
  }

  /// - Throws: `ProcessError` if a command names a program that does not exist.
  public static func require(_ program: String, folder: String, path: String) throws(ProcessError) {
    guard !program.isEmpty else { throw ProcessError("the command is empty") }
    _ = try Child.find(program, folder: folder, path: path)
  }

  /// - Returns: `nil` if the file cannot be found or has an unknown format.
  public static func inspect(_ program: String, folder: String, path: String) -> ProgramFile? {
    var program = program
    for _ in 0..<5 {
      guard let found = try? Child.find(program, folder: folder, path: path) else { return nil }
      let file = found.hasPrefix("/") ? found : "\(folder)/\(found)"
      guard let bytes = read(file) else { return nil }
      guard bytes.starts(with: "#!".utf8) else { return ELF(bytes).map { ProgramFile(file, $0) } }
      guard let next = interpreter(bytes) else { return nil }
      program = next
    }
    return nil
  }

  private init(_ path: String, _ elf: ELF) {
    self.path = path
    isDynamic = elf.hasInterpreter
    isGo = elf.isGo
    var info = stat()
    isPrivileged = stat(path, &info) == 0 && info.st_mode & (S_ISUID | S_ISGID) != 0
  }

  /// The program in a script's first line; with `env`, the program that `env` looks up.
  private static func interpreter(_ bytes: [UInt8]) -> String? {
    let line = String(decoding: bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }.prefix(512), as: UTF8.self)
    var words = line.split(whereSeparator: \.isWhitespace).map(String.init)[...]
    guard let first = words.popFirst() else { return nil }
    guard first.hasSuffix("/env") else { return first }
    words = words.drop { $0.hasPrefix("-") || $0.contains("=") }
    return words.first
  }

  /// The start of a file, long enough for all that is looked at.
  private static func read(_ path: String) -> [UInt8]? {
    guard let descriptor = try? Descriptor.open(path, .readOnly) else { return nil }
    let maxSize = 64 << 20
    return [UInt8](unsafeUninitializedCapacity: maxSize) { buffer, count in
      while count < maxSize {
        let rest = UnsafeMutableRawBufferPointer(buffer)[count...]
        let more = descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: rest))
        guard more > 0 else { break }
        count += more
      }
    }
  }
}

/// The properties of an ELF file with 64 bits, little-endian.
private struct ELF {
  var hasInterpreter = false
  var isGo = false

  init?(_ bytes: [UInt8]) {
    guard bytes.count > 64, bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { return nil }
    func number(_ offset: Int, _ size: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - size else { return nil }
      return Int(exactly: (0..<size).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) })
    }
    let PT_INTERP = 3
    if let start = number(32, 8), let size = number(54, 2), let count = number(56, 2) {
      for index in 0..<count where number(start &+ index &* size, 4) == PT_INTERP { hasInterpreter = true }
    }
    // The names of the sections, unless the file was stripped of them.
    if let start = number(40, 8), let size = number(58, 2), let count = number(60, 2), let names = number(62, 2),
      let table = number(start &+ names &* size &+ 24, 8)
    {
      for index in 0..<count {
        guard let name = number(start &+ index &* size, 4), case let place = table &+ name,
          bytes.indices.contains(place)
        else { continue }
        let text = String(decoding: bytes[place...].prefix { $0 != 0 }.prefix(64), as: UTF8.self)
        if text == ".go.buildinfo" || text == ".note.go.buildid" || text == ".gopclntab" { isGo = true }
      }
    }
  }
}
