// Reads requests with holes, and where things stand in their answers.

import ConformanceModel
import HTTPModel
import JSONValue
import Yams

extension TargetLoader {
  /// A request with holes; `answer` names what it must tell where things stand.
  func request(_ cursor: YAMLReader, answer required: [String]) -> Target.RequestTemplate? {
    guard let fields = cursor.fields("a request", TargetKeywords.request, required: ["request"]) else { return nil }
    let line = fields["request"].flatMap(methodAndURL)
    // where the line is wrong the rest is looked at all the same: all mistakes in one go
    var request = Target.RequestTemplate(
      method: line?.method ?? "", url: line?.url ?? .literal(.null), place: cursor.place)
    request.headers = fields["headers"].map(headers) ?? []
    let bodies = ["json", "form", "text"].filter { fields[$0] != nil }
    if bodies.count > 1 { fields[bodies[1]]?.diagnostic("a request has one body: \(bodies.joined(separator: " or "))") }
    request.json = fields["json"]?.template(scope)
    fields["json"].map(refuseSecrets)
    request.form = fields["form"].map { secretless($0, "form") }
    request.text = fields["text"]?.textTemplate("text", scope)
    request.statuses = fields["status"]?.oneOrMore("status")?.compactMap { $0.integer("a status", in: 100...599) }
    for (name, _, value) in fields["answer"]?.members("answer") ?? [] {
      request.answer[name] = value.locator("answer")
      if case .sent(let template) = request.answer[name] {
        // notes what is wrong with its references
        _ = value.members("answer")?.first?.value.template(scope)
        if name != "id", name != "secret" { value.diagnostic("only an id and a secret can be what was sent") }
        if name == "secret", template.references.isEmpty { refuseSecret(value) }
      }
    }
    for name in required where request.answer[name] == nil && fields["answer"]?.has(name) != true {
      cursor.diagnostic("the request needs 'answer: {\(name): …}' to tell where \(name) stands")
    }
    return line == nil ? nil : request
  }

  private func methodAndURL(_ cursor: YAMLReader) -> (method: String, url: Template)? {
    guard let text = cursor.text("request") else { return nil }
    let words = text.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2, words[0].allSatisfy({ $0.isASCII && $0.isUppercase }) else {
      cursor.diagnostic("a request is METHOD URL, such as: POST /clients")
      return nil
    }
    // notes what is wrong with its references
    _ = cursor.template(scope)
    return (try? Template(parsing: words[1])).map { (words[0], $0) }
  }

  /// Header fields; those that usually hold a secret must not hold it literally.
  func headers(_ cursor: YAMLReader) -> [Template.Member] {
    (cursor.members("headers") ?? []).map { name, _, value in
      let template = value.template(scope)
      if TargetLoader.isConfidential(name), let text = template.literalText, text.utf8.count >= 8 {
        refuseSecret(value)
      }
      return Template.Member(name, template)
    }
  }

  /// Members of a body or query; those that usually hold a secret must not hold it literally.
  func secretless(_ cursor: YAMLReader, _ what: String) -> [Template.Member] {
    (cursor.members(what) ?? []).map { name, _, value in
      let template = value.template(scope)
      if TargetLoader.isConfidential(name), template.literalText?.isEmpty == false { refuseSecret(value) }
      return Template.Member(name, template)
    }
  }

  /// Looks through a JSON body.
  private func refuseSecrets(_ cursor: YAMLReader) {
    switch cursor.node {
    case .mapping:
      for (name, _, value) in cursor.members("json") ?? [] {
        if case .scalar = value.node, TargetLoader.isConfidential(name),
          let text = try? Template(parsing: value.node.string ?? "").literalText, !text.isEmpty
        {
          refuseSecret(value)
        } else {
          refuseSecrets(value)
        }
      }
    case .sequence: for item in cursor.list("json") ?? [] { refuseSecrets(item) }
    default: break
    }
  }

  func refuseSecret(_ cursor: YAMLReader) {
    cursor.diagnostic(
      "a secret does not belong into a file that is shared; write ${env.NAME} and set NAME in the environment, or ${file.NAME} with 'files'"
    )
  }

  /// Names under which secrets usually stand.
  /// What the environment holds is known by its name alone.
  static func isConfidential(_ reference: Reference) -> Bool {
    let path = reference.path
    if path.first == "env", let name = path.last?.lowercased() {
      return isConfidential(name) || name.hasSuffix("key") || name.hasSuffix("password")
    }
    let confidential = [["run", "key"], ["service", "manager-key"], ["random", "secret"], ["client", "secret"]]
    return confidential.contains(Array(path.prefix(2)))
  }

  private static func isConfidential(_ name: String) -> Bool {
    let name = name.lowercased().replacing("_", with: "-")
    return ["authorization", "proxy-authorization", "cookie", "client-secret", "password"].contains(name)
      || name.hasSuffix("api-key") || name.hasSuffix("apikey") || name.hasSuffix("-token") || name.hasSuffix("-secret")
  }
}

extension YAMLReader {
  func has(_ name: String) -> Bool { node.mapping?.contains { $0.key.scalar?.string == name } == true }

  /// Where something stands: a JSON Pointer, or one of xpath, regex and header.
  func locator(_ what: String) -> Locator? {
    guard case .mapping = node else { return pointer(what).map { .json($0) } }
    guard let fields = fields("a place in an answer", TargetKeywords.locator) else { return nil }
    guard fields.count == 1, let (kind, value) = fields.first, let text = value.text(kind) else {
      diagnostic("a place in an answer is a JSON Pointer, or one of: xpath, regex, header, sent")
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

  /// The bytes of the file that stands here, relative to the file in which it is named.
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
  /// Editors end files with a line break that is none of their content.
  var droppingLineBreak: String { hasSuffix("\r\n") || hasSuffix("\n") ? String(dropLast()) : self }
}
