// The environment variables that a target file refers to.

import ConformanceModel
import Execution
import FoundationEssentials

/// The environment of a target, checked before anything is sent.
enum TargetVariables {
  /// The environment. The variables of the target lose a line break at their end, as an editor leaves it in a file.
  ///
  /// - Throws: `StartError` that names every variable that is missing, empty, or has a line break where none may be.
  static func values(for target: Target) throws(StartError) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    let singleLine = names(in: target.singleLineTemplates)
    var messages: [StartError.Message] = []
    var seen: Set<String> = []
    var advice = "set"
    for variable in target.variables where seen.insert(variable.name).inserted {
      func report(_ what: String) {
        messages.append(.init(text: "the environment variable \(variable.name) \(what)", place: variable.place))
      }
      guard let value = environment[variable.name] else {
        report("is not set")
        continue
      }
      let trimmed = withoutLineBreakAtEnd(value)
      environment[variable.name] = trimmed
      if trimmed.isEmpty {
        report("is empty")
      } else if singleLine.contains(variable.name), !isPEM(trimmed), trimmed.utf8.contains(where: isLineBreak) {
        report("contains a line break, which a URL, a header field or a shared secret must not contain")
        advice = "correct"
      }
    }
    guard !messages.isEmpty else { return environment }
    advice += " \(messages.count == 1 ? "it" : "them") and run again; nothing was sent"
    throw StartError(
      .usageError, messages, lines: messages.map { "\($0.place.map { "\($0): " } ?? "")\($0.text)" } + [advice])
  }

  private static func names(in templates: [Template]) -> Set<String> {
    Set(
      templates.flatMap(\.references).filter { $0.name == "env" }
        .map { $0.path.dropFirst().joined(separator: ".") })
  }

  static func withoutLineBreakAtEnd(_ text: String) -> String {
    let end = text.utf8.lastIndex { !isLineBreak($0) }
    return end.map { String(decoding: text.utf8[...$0], as: UTF8.self) } ?? ""
  }

  private static func isLineBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  /// A key or a certificate in the textual encoding of RFC 7468, which has several lines.
  private static func isPEM(_ text: String) -> Bool { text.hasPrefix("-----BEGIN ") }
}

extension Target {
  /// The templates of URLs, of header fields and of credentials.
  fileprivate var singleLineTemplates: [Template] {
    var all = [baseURL, token.url, token.bearer.value] + token.headers.map(\.value)
    all += connectors.map(\.inboundURL) + endpoints.values + [route.tls.keyPassword].compactMap(\.self)
    if case .url(let proxy) = route.proxy { all.append(proxy) }
    switch clients {
    case .http(let http): for request in http.requests.values { all += request.singleLineTemplates }
    case .registration(let registration):
      all.append(registration.url)
      all += registration.headers.map(\.value) + [registration.initialAccessToken].compactMap(\.self)
    case .static(let given): all += given.flatMap { [$0.id] + [$0.secret].compactMap(\.self) }
    case .command, .prompt, nil: break
    }
    all += connectors.compactMap(\.receiptLookup).flatMap(\.singleLineTemplates)
    all += inbox?.read?.singleLineTemplates ?? []
    all += login?.requests.flatMap(\.singleLineTemplates) ?? []
    if case .http(let clock) = clock {
      all += clock.advance.singleLineTemplates + (clock.read?.singleLineTemplates ?? [])
    }
    return all
  }
}

extension Target.RequestTemplate {
  fileprivate var singleLineTemplates: [Template] { [url] + headers.map(\.value) }
}
