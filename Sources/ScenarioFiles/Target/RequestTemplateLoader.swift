// Reads request templates, and the places of values in their responses.

import ConformanceModel
import HTTPModel
import JSONValue
import YAML

extension TargetLoader {
  /// A request template.
  ///
  /// - Parameters:
  ///   - required: The values whose places `answer` must name.
  ///   - isList: The response has a list, which may come in pages.
  func request(_ reader: YAMLReader, answer required: [String], isList: Bool = false) -> Target.RequestTemplate? {
    let keywords = isList ? TargetKeywords.listRequest : TargetKeywords.request
    guard let fields = reader.fields("a request", keywords, required: ["request"]) else { return nil }
    let line = fields["request"].flatMap(methodAndURL)
    // if the line is wrong the rest is checked too, to report all errors at once
    var request = Target.RequestTemplate(
      method: line?.method ?? "", url: line?.url ?? .literal(.null), place: reader.place)
    request.headers = fields["headers"].map(headers) ?? []
    let bodies = ["json", "form", "text"].filter { fields[$0] != nil }
    if bodies.count > 1 {
      fields[bodies[1]]?.diagnostic("a request has one body; keep only one of: \(bodies.joined(separator: ", "))")
    }
    request.json = fields["json"]?.template(scope)
    fields["json"].map { refuseSecrets($0) }
    request.form = fields["form"].map { secretless($0, "form") }
    request.text = fields["text"]?.textTemplate("text", scope)
    if let text = request.text, let reader = fields["text"] { refuseSecrets(inText: text, reader) }
    request.statuses = fields["status"]?.oneOrMore("status")?.compactMap { $0.integer("a status", in: 100...599) }
    for (name, _, value) in fields["answer"]?.members("answer") ?? [] {
      request.answer[name] = value.locator("answer")
      if case .sent(let template) = request.answer[name] {
        // reports invalid references
        _ = value.members("answer")?.first?.value.template(scope)
        if name != "id", name != "secret" { value.diagnostic("'sent' is only for id and secret") }
        if name == "secret", template.references.isEmpty { refuseSecret(value) }
      }
    }
    if let answer = fields["answer"] { check(request.answer, answer) }
    for name in required where request.answer[name] == nil && fields["answer"]?.has(name) != true {
      reader.diagnostic("missing 'answer: {\(name): …}': the place of '\(name)' in the response")
    }
    request.pages = fields["pages"].flatMap(pages)
    return line == nil ? nil : request
  }

  /// Reports places that cannot be right, whatever the response is.
  private func check(_ places: [String: Locator], _ reader: YAMLReader) {
    let members = reader.members("answer") ?? []
    if let id = places["id"], id == places["secret"], let secret = members.first(where: { $0.name == "secret" }) {
      secret.value.diagnostic("id and secret are at the same place of the response; expected two places")
    }
    for (name, registered, other) in [("id", "client_secret", "secret"), ("secret", "client_id", "id")] {
      guard case .json(let pointer)? = places[name], pointer.tokens.last == registered, places["id"] != places["secret"]
      else { continue }
      members.first { $0.name == name }?.value.diagnostic(
        "\(registered) is the \(other) of a client (RFC 7591 section 3.2.1); expected the place of the \(name)")
    }
    for (name, _, value) in members where ["ids", "payloads"].contains(name) {
      guard case .json(let pointer) = places[name], !pointer.tokens.contains("*"),
        let index = pointer.tokens.lastIndex(where: { Int($0) != nil })
      else { continue }
      var tokens = pointer.tokens
      tokens[index] = "*"
      value.diagnostic(
        "\(pointer) is one item, and '\(name)' are those of a list; expected \(JSONPointer(tokens: tokens))")
    }
  }

  private func methodAndURL(_ reader: YAMLReader) -> (method: String, url: Template)? {
    guard let text = reader.written("request") else { return nil }
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2, words[0].allSatisfy({ $0.isASCII && $0.isUppercase }) else {
      reader.diagnostic("expected METHOD URL, such as: POST /clients")
      return nil
    }
    // reports invalid references
    _ = reader.template(scope)
    guard let url = try? Template(parsing: words[1]) else { return nil }
    check(url: url, reader)
    return (words[0], url)
  }
}

extension YAMLReader {
  /// The place of a value in a response: a JSON Pointer, or one of xpath, regex, header, cookie and sent.
  func locator(_ what: String) -> Locator? {
    guard node.kind == .mapping else { return pointer(what).map { .json($0) } }
    guard let fields = fields("a place in the response", TargetKeywords.locator) else { return nil }
    guard fields.count == 1, let (kind, value) = fields.first,
      let text = kind == "sent" ? value.written(kind) : value.text(kind)
    else {
      diagnostic("expected a JSON Pointer, or a mapping with one of: xpath, regex, header, cookie, sent")
      return nil
    }
    switch kind {
    case "xpath": return .xpath(text)
    case "header": return .header(text)
    case "cookie": return .cookie(text)
    case "sent": return (try? Template(parsing: text)).map { .sent($0) }
    default:
      value.checkPattern(text)
      return .regex(text)
    }
  }

  /// The bytes of the file with this path, relative to the target file.
  func contents(_ what: String) -> [UInt8]? {
    guard let text = text(what) else { return nil }
    let path = file.neighbour(text)
    do throws(SourceFile.Unreadable) { return try SourceFile.bytes(path) } catch {
      diagnostic("\(path) \(error.reason)")
      return nil
    }
  }
}

extension String {
  /// Editors add a line break at the end of a file; it is not part of the value.
  var droppingLineBreak: String { hasSuffix("\r\n") || hasSuffix("\n") ? String(dropLast()) : self }
}
