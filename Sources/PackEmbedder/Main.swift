// Writes the files of a folder as Swift source: PackEmbedder OUTPUT FOLDER FILE…

import Glibc

@main enum PackEmbedder {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count > 3 else { fail("usage: PackEmbedder OUTPUT FOLDER FILE…") }
    var source = "// Generated from the folder Scenarios.\n\nlet embeddedFiles: [BuiltInPack.File] = [\n"
    for path in arguments.dropFirst(3) {
      guard path.hasPrefix("\(arguments[2])/") else { fail("\(path): is not in \(arguments[2])") }
      guard let text = String(validating: bytes(of: path), as: UTF8.self) else { fail("\(path): is not UTF-8") }
      let name = path.dropFirst(arguments[2].count + 1)
      let isExecutable = access(path, X_OK) == 0
      source += "  .init(\(literal(name)), \(literal(text)), isExecutable: \(isExecutable)),\n"
    }
    source += "]\n"
    guard let file = fopen(arguments[1], "w") else { fail("\(arguments[1]): cannot be written") }
    let isWritten = fputs(source, file) >= 0
    guard fclose(file) == 0, isWritten else { fail("\(arguments[1]): cannot be written") }
  }

  private static func bytes(of path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { fail("\(path): cannot be read") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk.prefix(count) }
    guard ferror(file) == 0 else { fail("\(path): cannot be read") }
    return bytes
  }

  /// The text as a literal of one line.
  private static func literal(_ text: some StringProtocol) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": literal += "\\\\"
      case "\"": literal += "\\\""
      case "\n": literal += "\\n"
      case " "..."~": literal.unicodeScalars.append(scalar)
      default: literal += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return literal + "\""
  }

  private static func fail(_ message: String) -> Never {
    let line = Array("\(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(1)
  }
}
