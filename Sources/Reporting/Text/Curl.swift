// A command that repeats a request.

import ConformanceModel
import HTTPModel
public import RunEvents

public enum Curl {
  /// A `curl` command for a POSIX shell, with variables for secrets: `$ERP_SECRET`.
  ///
  /// `nil` if the exchange is not an HTTP request but a command of the target file or a prompt.
  public static func command(for exchange: ExchangeRecord) -> String? {
    guard exchange.isHTTP else { return nil }
    var words = ["curl", "-i"]
    // over TLS curl may negotiate HTTP/2 although the exchange did not
    if exchange.version == "1.1", exchange.url.utf8.starts(with: "https:".utf8) { words.append("--http1.1") }
    if exchange.url.utf8.contains(where: { "[]{}".utf8.contains($0) }) { words.append("--globoff") }
    if ["/./", "/../"].contains(where: { exchange.url.contains($0) }) { words.append("--path-as-is") }
    if exchange.method == "HEAD", exchange.requestBody.size == 0 {
      words.append("-I")
    } else if exchange.method != (exchange.requestBody.size > 0 ? "POST" : "GET") {
      words += ["-X", quote(exchange.method)]
    }
    for header in exchange.requestHeaders {
      words += ["-H", quote(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")]
    }
    let body = exchange.requestBody
    if body.size > 0 {
      if exchange.requestHeaders.first("Content-Type") == nil { words += ["-H", "'Content-Type:'"] }
      if isApart(body) {
        words += ["--data-binary", "@BODY"]
      } else {
        // --data-binary takes a text that starts with @ for the name of a file
        words += [body.text.utf8.first == UInt8(ascii: "@") ? "--data-raw" : "--data-binary", quote(body.text)]
      }
    }
    words.append(quote(exchange.url))
    let note = body.size > 0 && isApart(body) ? "   # put the \(body.size) bytes of the body into the file BODY" : ""
    return words.joined(separator: " ") + note
  }

  /// Binary, incomplete, or too long for a command line.
  private static func isApart(_ body: BodyRecord) -> Bool {
    body.isBase64 || body.omitted > 0 || body.isCut || body.text.utf8.count > 8 << 10
  }

  /// A word of the shell, quoted only if necessary, without any expansion.
  static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: "-_./:=,+@%".utf8.contains(byte)
      }
    }
    if isPlain, !text.isEmpty { return text }
    return "'" + text.unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }

  /// In single quotes; variables of secrets are in double quotes.
  ///
  /// Works by scalars, not by `Character`: to the shell, a quote with a combining mark is a quote.
  static func quote(_ text: String) -> String {
    var result = "'".unicodeScalars
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      if scalar == "$", let name = secretName(rest) {
        result += "'\"$\(Substring(name))\"'".unicodeScalars
        rest = rest.dropFirst(name.count)
      } else if scalar == "'" {
        result += "'\\''".unicodeScalars
      } else {
        result.append(scalar)
      }
    }
    result.append("'")
    let quoted = String(result)
    return quoted.hasSuffix("\"''") ? String(quoted.dropLast(2)) : quoted
  }

  /// The name of a masked secret at the start: a capital letter, then capitals, digits and `_`.
  private static func secretName(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView? {
    guard let first = text.first, ("A"..."Z").contains(first) else { return nil }
    return text.prefix { ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
  }
}
