// The templates of a target file, resolved to values, URLs and requests.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction

/// Resolves the templates of one target file. Secrets that it puts into a value are registered for masking.
///
/// A class, since every case and every driver holds it: its values are not copied.
final class TemplateResolver: Sendable {
  /// The values that all templates of the file can use: `env`, `file`, `run`, and what launching adds.
  let values: [String: JSON]
  /// The target's base URL, without a slash at its end.
  let baseURL: String
  /// What a launched program makes; `nil` if it makes nothing that the file uses.
  let launchValues: LaunchValues?
  /// The lock protects the values of each connector that were resolved, by its name.
  private let connectorValues = Locked<[String: JSON]>([:])
  private let redactor: SecretRedactor
  /// The variables whose values are no secrets.
  private let publicVariables: Set<String>

  /// - Throws: `TargetError` if the base URL cannot be resolved.
  init(_ target: Target, values: [String: JSON], redactor: SecretRedactor) throws(TargetError) {
    self.values = values
    self.redactor = redactor
    launchValues = LaunchValues(target, redactor: redactor)
    publicVariables = target.publicVariables
    do throws(UnresolvedReference) {
      var base = try target.baseURL.resolved { reference throws(UnresolvedReference) in
        try TemplateResolver.value(of: reference, in: values)
      }.plainText
      while base.hasSuffix("/") { base.removeLast() }
      baseURL = base
    } catch {
      throw TargetError("the base URL of \(target.place.file) cannot be resolved: \(error)")
    }
    guard ["http://", "https://"].contains(where: baseURL.lowercased().hasPrefix) else {
      throw TargetError("the base URL of \(target.place.file) does not begin with http:// or https://")
    }
  }

  /// Whether a template that is filled with the same values again gives the same: a launched program that starts again
  /// can make other ones.
  var areConstant: Bool { launchValues == nil }

  /// The value of a reference among named values.
  static func value(of reference: Reference, in values: [String: JSON]) throws(UnresolvedReference) -> JSON {
    // the further ports of a launched program
    let name = reference.name == "port" && reference.path.count == 2 ? "ports" : reference.name
    if let value = values[name]?.member(reference.path.dropFirst()) { return value }
    let isVariable = reference.name == "env"
    if !isVariable, values[reference.name] == nil { throw .unsaved(reference) }
    let reason =
      isVariable
      ? "the environment variable \(reference.path.dropFirst().joined(separator: ".")) is not set"
      : "it has no such member"
    throw UnresolvedReference(reference: reference.description, reason: reason)
  }

  /// Resolves a template.
  ///
  /// - Parameter extra: Further values, which take precedence over those of the target file.
  func resolve(_ template: Template, _ extra: [String: JSON] = [:]) throws(UnresolvedReference) -> JSON {
    try template.resolved { reference throws(UnresolvedReference) in try value(of: reference, extra) }
  }

  private func value(of reference: Reference, _ extra: [String: JSON]) throws(UnresolvedReference) -> JSON {
    if let value = extra[reference.name]?.member(reference.path.dropFirst()) { return value }
    if let launchValues, reference.name == "launch", reference.path.count == 2 {
      guard let value = launchValues[reference.path[1]] else {
        throw UnresolvedReference(reference: reference.description, reason: "the launched program has not made it yet")
      }
      return .string(value)
    }
    let value = try TemplateResolver.value(of: reference, in: values)
    register(value, of: reference)
    return value
  }

  /// Registers a value that comes from outside of the target file as a secret.
  private func register(_ value: JSON, of reference: Reference) {
    guard case .string(let text) = value else { return }
    switch reference.name {
    case "env", "file":
      if !publicVariables.contains(reference.variable) {
        redactor.register(text, as: CaseScope.label(reference.path.last ?? "ENV"))
      }
    case "service" where reference.path.last?.hasSuffix("key") == true: redactor.register(text, as: "MANAGER_KEY")
    default: break
    }
  }

  /// Resolves a template to an absolute URL.
  func url(_ template: Template, _ extra: [String: JSON] = [:]) throws(UnresolvedReference) -> String {
    absolute(try template.resolvedURL { reference throws(UnresolvedReference) in try value(of: reference, extra) })
  }

  /// The URL itself if it is absolute, else the URL below the base URL.
  func absolute(_ url: String) -> String {
    if url.hasPrefix("/") || url.isEmpty { return baseURL + url }
    return url.contains("://") ? url : baseURL + "/" + url
  }

  /// The name of a connector and its own values, for `${connector.NAME}`.
  func values(of connector: Target.Connector) throws(UnresolvedReference) -> JSON {
    if let known = connectorValues.withLock({ $0[connector.name] }) { return known }
    var members = [JSON.Member("name", .string(connector.name))]
    for value in connector.values { members.append(.init(value.name, try resolve(value.value))) }
    if areConstant { connectorValues.withLock { $0[connector.name] = .object(members) } }
    return .object(members)
  }

  /// Makes a request of a template.
  func request(
    _ template: Target.RequestTemplate, _ extra: [String: JSON] = [:]
  ) throws(UnresolvedReference) -> WireRequest {
    var request = WireRequest(method: template.method, url: try url(template.url, extra))
    for header in template.headers {
      request.headers.append(HeaderField(header.name, try resolve(header.value, extra).plainText))
    }
    if let json = template.json {
      request.body = try resolve(json, extra).withoutNullMembers.compactBytes
      request.addContentType("application/json")
    } else if let text = template.text {
      request.body = Array(try resolve(text, extra).plainText.utf8)
    } else if let form = template.form {
      var pairs: [(String, String)] = []
      for field in form {
        let value = try resolve(field.value, extra)
        if value != .null { pairs.append((field.name, value.plainText)) }
      }
      request.body = Array(FormEncoding.encode(pairs).utf8)
      request.addContentType("application/x-www-form-urlencoded")
    }
    return request
  }
}

extension WireRequest {
  fileprivate mutating func addContentType(_ type: String) {
    if headers.first("Content-Type") == nil { headers.append(HeaderField("Content-Type", type)) }
  }
}

extension JSON {
  /// The object without its members that are null: a scenario did not set them.
  fileprivate var withoutNullMembers: JSON {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { $0.value != .null })
  }
}
