// Reads request templates, and the places of values in their responses.

import ConformanceModel
import HTTPModel
import JSONValue
import Yams

extension TargetLoader {
  /// A request template.
  ///
  /// - Parameter required: The values whose places `answer` must name.
  func request(_ reader: YAMLReader, answer required: [String]) -> Target.RequestTemplate? {
    guard let fields = reader.fields("a request", TargetKeywords.request, required: ["request"]) else { return nil }
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
    fields["json"].map(refuseSecrets)
    request.form = fields["form"].map { secretless($0, "form") }
    request.text = fields["text"]?.textTemplate("text", scope)
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
    for name in required where request.answer[name] == nil && fields["answer"]?.has(name) != true {
      reader.diagnostic("missing 'answer: {\(name): …}': the place of '\(name)' in the response")
    }
    return line == nil ? nil : request
  }

  private func methodAndURL(_ reader: YAMLReader) -> (method: String, url: Template)? {
    guard let text = reader.text("request") else { return nil }
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2, words[0].allSatisfy({ $0.isASCII && $0.isUppercase }) else {
      reader.diagnostic("expected METHOD URL, such as: POST /clients")
      return nil
    }
    // reports invalid references
    _ = reader.template(scope)
    return (try? Template(parsing: words[1])).map { (words[0], $0) }
  }

  /// Header fields; a confidential one must not have a literal value.
  func headers(_ reader: YAMLReader) -> [Template.Member] {
    (reader.members("headers") ?? []).map { name, _, value in
      let template = value.template(scope)
      if TargetLoader.isConfidential(name), let text = template.literalText, text.utf8.count >= 8 {
        refuseSecret(value)
      }
      return Template.Member(name, template)
    }
  }

  /// Members of a body or query; a confidential one must not have a literal value.
  func secretless(_ reader: YAMLReader, _ what: String) -> [Template.Member] {
    (reader.members(what) ?? []).map { name, _, value in
      let template = value.template(scope)
      if TargetLoader.isConfidential(name), template.literalText?.isEmpty == false { refuseSecret(value) }
      return Template.Member(name, template)
    }
  }

  /// Reports literal secrets in a JSON body.
  private func refuseSecrets(_ reader: YAMLReader) {
    switch reader.node {
    case .mapping:
      for (name, _, value) in reader.members("json") ?? [] {
        if case .scalar = value.node, TargetLoader.isConfidential(name),
          let text = try? Template(parsing: value.node.string ?? "").literalText, !text.isEmpty
        {
          refuseSecret(value)
        } else {
          refuseSecrets(value)
        }
      }
    case .sequence: for item in reader.list("json") ?? [] { refuseSecrets(item) }
    default: break
    }
  }

  func refuseSecret(_ reader: YAMLReader) {
    reader.diagnostic(
      "a target file must not contain secrets; write ${env.NAME} and set the environment variable NAME, "
        + "or ${file.NAME} with 'files'")
  }

  /// Whether the value of a reference is confidential. An environment variable is judged by its name.
  static func isConfidential(_ reference: Reference) -> Bool {
    let path = reference.path
    if path.first == "env", let name = path.last?.lowercased() {
      return isConfidential(name) || name.hasSuffix("key") || name.hasSuffix("password")
    }
    let confidential = [["run", "key"], ["service", "manager-key"], ["random", "secret"], ["client", "secret"]]
    return confidential.contains(Array(path.prefix(2)))
  }

  /// Whether values with this name usually are secrets.
  private static func isConfidential(_ name: String) -> Bool {
    let name = name.lowercased().replacing("_", with: "-")
    return ["authorization", "proxy-authorization", "cookie", "client-secret", "password"].contains(name)
      || name.hasSuffix("api-key") || name.hasSuffix("apikey") || name.hasSuffix("-token") || name.hasSuffix("-secret")
  }
}

extension YAMLReader {
  func has(_ name: String) -> Bool { node.mapping?.contains { $0.key.scalar?.string == name } == true }

  /// The place of a value in a response: a JSON Pointer, or one of xpath, regex, header and sent.
  func locator(_ what: String) -> Locator? {
    guard case .mapping = node else { return pointer(what).map { .json($0) } }
    guard let fields = fields("a place in the response", TargetKeywords.locator) else { return nil }
    guard fields.count == 1, let (kind, value) = fields.first, let text = value.text(kind) else {
      diagnostic("expected a JSON Pointer, or a mapping with one of: xpath, regex, header, sent")
      return nil
    }
    switch kind {
    case "xpath": return .xpath(text)
    case "header": return .header(text)
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
