// A command that repeats a request.

public import Conformance

public enum Curl {
  /// A `curl` command for a POSIX shell. Secrets stand in it as variables: `$ERP_SECRET`.
  public static func command(for exchange: ExchangeRecord) -> String {
    var words = ["curl", "-i"]
    if exchange.method == "HEAD" {
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
      if body.isBase64 || body.omitted > 0 {
        words += ["--data-binary", "@BODY"]
      } else {
        words += ["--data-binary", quote(body.text)]
      }
    }
    words.append(quote(exchange.url))
    let note = body.isBase64 || body.omitted > 0 ? "   # put the \(body.size) bytes of the body into the file BODY" : ""
    return words.joined(separator: " ") + note
  }

  /// In single quotes, where nothing is special; only names of secrets stand in double quotes, for the shell to fill in.
  static func quote(_ text: String) -> String {
    var result = "'"
    var rest = Substring(text)
    while let character = rest.first {
      if character == "$", let name = secretName(rest.dropFirst()) {
        result += "'\"$\(name)\"'"
        rest = rest.dropFirst(1 + name.count)
        continue
      }
      result += character == "'" ? "'\\''" : String(character)
      rest = rest.dropFirst()
    }
    result += "'"
    return result.hasSuffix("\"''") ? String(result.dropLast(2)) : result
  }

  private static func secretName(_ text: Substring) -> String? {
    let name = text.prefix { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
    guard let first = name.first, first.isUppercase || first == "_", name.count > 1 else { return nil }
    return String(name)
  }
}
