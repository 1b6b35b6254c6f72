// A command that repeats a request.

import ConformanceModel
import HTTPModel
public import RunEvents

public enum Curl {
  /// A `curl` command for bash, with variables for secrets: `$ERP_SECRET`.
  ///
  /// `nil` if the exchange is not an HTTP request but a command of the target file or a prompt.
  ///
  /// - Parameter route: How the requests of the run reached the target.
  public static func command(for exchange: ExchangeRecord, route: CurlRoute = .direct) -> String? {
    guard exchange.isHTTP else { return nil }
    let body = exchange.requestBody
    let sendsBody = body.size > 0 || ["POST", "PUT", "PATCH"].contains(exchange.method)
    var words = ["curl", "-i"] + route.options(for: exchange.url, exchange.certificate) + urlOptions(exchange)
    if exchange.method == "HEAD", !sendsBody {
      words.append("-I")
    } else if exchange.method != (sendsBody ? "POST" : "GET") {
      words += ["-X", Shell.quote(exchange.method)]
    }
    words += headerOptions(exchange, sendsBody: sendsBody)
    let data = sendsBody ? RequestData(exchange) : RequestData()
    words += data.options
    words.append(Shell.quote(exchange.url))
    let notes = data.notes + basicNotes(exchange)
    return data.input + words.joined(separator: " ") + (notes.isEmpty ? "" : "   # " + notes.joined(separator: "; "))
  }

  private static func urlOptions(_ exchange: ExchangeRecord) -> [String] {
    var options: [String] = []
    // over TLS curl may negotiate HTTP/2 although the exchange did not
    if exchange.version == "1.1", exchange.url.utf8.starts(with: "https:".utf8) { options.append("--http1.1") }
    if exchange.url.utf8.contains(where: { "[]{}".utf8.contains($0) }) { options.append("--globoff") }
    let path = exchange.url.prefix { $0 != "?" && $0 != "#" }
    if ["/./", "/../"].contains(where: { path.contains($0) }) || path.hasSuffix("/.") || path.hasSuffix("/..") {
      options.append("--path-as-is")
    }
    return options
  }

  private static func headerOptions(_ exchange: ExchangeRecord, sendsBody: Bool) -> [String] {
    let headers = exchange.requestHeaders
    var options: [String] = []
    // the first line with a name is the one that counts for curl; without a value it removes curl's own field
    if headers.values("Host").count > 1 { options += ["-H", "'Host:'"] }
    for header in headers {
      let isBlank = header.value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
      options += ["-H", Shell.quote(isBlank ? "\(header.name);" : "\(header.name): \(header.value)")]
    }
    if sendsBody, headers.first("Content-Type") == nil { options += ["-H", "'Content-Type:'"] }
    // curl waits for 100 (Continue) before it sends a large body
    if exchange.requestBody.size > 1 << 10, headers.first("Expect") == nil { options += ["-H", "'Expect:'"] }
    return options
  }

  /// How to set the variables of Basic credentials, which no one has at hand.
  private static func basicNotes(_ exchange: ExchangeRecord) -> [String] {
    let names = exchange.requestHeaders.flatMap { Shell.parts(of: $0.value) }.compactMap { part -> String? in
      if case .variable(let name) = part, name.hasSuffix("_BASIC") { name } else { nil }
    }
    return Set(names).sorted().map { "\($0) is the Base64 of id:secret, each form-encoded" }
  }
}
