// What a program's file shows before it is started.

import Glibc

/// The program that runs in the end: behind links, search path and the first line of scripts.
public struct ProgramFile: Sendable, Hashable {
  public var path: String
  /// It asks for a dynamic loader, which loads further libraries first if it is told to.
  public var isDynamic: Bool
  /// Made by the Go compiler: such programs ask the kernel for the time, past every library.
  public var isGo: Bool
  /// The loader takes no libraries from the environment for it.
  public var hasOtherOwner: Bool

  /// Why a library that is loaded first does not reach it, or `nil` where it does.
  public var obstacle: String? {
    if isGo {
      return "\(path) is a Go program, which asks the kernel for the time itself; use the clock driver http or command"
    }
    if !isDynamic {
      return
        "\(path) is linked statically, so that no library can be put before its own; use the clock driver http or command"
    }
    if hasOtherOwner { return "\(path) is setuid or setgid, so that the loader takes no library from the environment" }
    return nil
  }

  /// - Returns: `nil` where the file cannot be found or is of no known format: nothing can be said then.
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
    hasOtherOwner = stat(path, &info) == 0 && info.st_mode & (S_ISUID | S_ISGID) != 0
  }

  /// The program in a script's first line; the name behind `env` where that is used to look it up.
  private static func interpreter(_ bytes: [UInt8]) -> String? {
    let line = String(decoding: bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }.prefix(512), as: UTF8.self)
    var words = line.split(whereSeparator: \.isWhitespace).map(String.init)[...]
    guard let first = words.popFirst() else { return nil }
    guard first.hasSuffix("/env") else { return first }
    words = words.drop { $0.hasPrefix("-") || $0.contains("=") }
    return words.first
  }

  /// The start of a file that is large enough for all that is looked at.
  private static func read(_ path: String) -> [UInt8]? {
    guard let file = try? Descriptor.open(path, O_RDONLY) else { return nil }
    let most = 64 << 20
    return [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
      while count < most {
        let more = Glibc.read(file.number, buffer.baseAddress.map { $0 + count }, most - count)
        if more < 0, errno == EINTR { continue }
        guard more > 0 else { break }
        count += more
      }
    }
  }
}

/// What an ELF file tells of itself; 64 bits, little-endian.
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
    // the names of sections, where the file was not stripped of them
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
