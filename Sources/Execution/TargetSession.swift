// A target in use: its templates filled in, its requests sent.

public import ConformanceModel
import HTTPModel
public import HTTPTransport
public import JSONValue
public import Redaction
public import RunEvents

/// Why the target cannot be used as its file says.
public struct TargetError: Error, Sendable, CustomStringConvertible {
  public var message: String
  public var kind: Finding.Kind

  public init(_ message: String, kind: Finding.Kind = .internal) {
    self.message = message
    self.kind = kind
  }

  public var description: String { message }
}

/// Everything that operations need to speak to one target. A class, since every case holds it: nothing is copied.
public final class TargetSession: Sendable {
  public let target: Target
  public let client: HTTPClient
  public let redactor: SecretRedactor
  /// The target's base URL, without a slash at its end.
  public let baseURL: String
  /// Values that all templates of the target file reach: `env`, `file`, `run`, and what launching brings.
  let values: [String: JSON]
  let environment: [String: String]
  let patterns = PatternCache()
  let createdClients: CreatedClients
  let pace: RateLimiter?
  let stop = StopFlag()
  let terminal: Terminal

  /// - Parameters:
  ///   - environment: Environment variables, for `${env.NAME}` and for the programs that the target file names.
  ///   - launched: What launching brings: `service`, or `port` and `folder`.
  ///   - runID: A text that no other run has.
  /// - Throws: `TargetError` where the base URL cannot be made.
  public init(
    target: Target, client: HTTPClient, redactor: SecretRedactor, environment: [String: String],
    launched: [String: JSON] = [:],
    runID: String
  ) throws(TargetError) {
    self.target = target
    self.client = client
    self.redactor = redactor
    self.environment = environment
    createdClients = CreatedClients(isWanted: target.environment == .live)
    let stop = stop
    pace = target.rate.map { RateLimiter(rate: $0, stop: stop) }
    terminal = Terminal(stop: stop)
    // a secret that a launched program and the requests to it can share without anyone setting it
    let key = (0..<4).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }.joined()
    redactor.register(key, as: "RUN_KEY")
    let own: [String: JSON] = [
      "env": .object(environment.map { JSON.Member($0.key, .string($0.value)) }),
      "run": ["id": .string(runID), "key": .string(key)],
      "file": .object(target.files.compactMap { file in file.value.literalText.map { .init(file.name, .string($0)) } }),
    ]
    let values = own.merging(launched) { own, _ in own }
    self.values = values
    do throws(UnresolvedReference) {
      var base = try target.baseURL.resolved { reference throws(UnresolvedReference) in
        try TargetSession.look(up: reference, in: values)
      }.plainText
      while base.hasSuffix("/") { base.removeLast() }
      baseURL = base
    } catch {
      throw TargetError("the base URL of \(target.place.file) cannot be made: \(error)")
    }
  }

  /// Ends whatever waits for this target in real time, such as for its start.
  public func giveUp() { stop.set() }

  /// Where the programs run that the target file names: beside the file.
  var folder: String { Path.folder(of: target.place.file) }

  static func look(up reference: Reference, in values: [String: JSON]) throws(UnresolvedReference) -> JSON {
    if let value = values[reference.name]?.member(reference.path.dropFirst()) { return value }
    let reason =
      reference.name == "env"
      ? "the environment variable \(reference.path.dropFirst().joined(separator: ".")) is not set"
      : values[reference.name] == nil ? "nothing was saved under that name" : "there is no such part"
    throw UnresolvedReference(reference: reference.description, reason: reason)
  }

  /// Fills a template of the target file in, with further values beside its own.
  func fill(_ template: Template, _ more: [String: JSON]) throws(UnresolvedReference) -> JSON {
    try template.resolved { reference throws(UnresolvedReference) in
      if let value = more[reference.name]?.member(reference.path.dropFirst()) {
        return value
      }
      let value = try TargetSession.look(up: reference, in: values)
      if reference.name == "env" || reference.name == "file", case .string(let text) = value {
        redactor.register(text, as: CaseScope.label(reference.path.last ?? "ENV"))
      }
      if reference.name == "service", reference.path.last?.hasSuffix("key") == true, case .string(let text) = value {
        redactor.register(text, as: "MANAGER_KEY")
      }
      return value
    }
  }

  func url(_ template: Template, _ more: [String: JSON]) throws(UnresolvedReference) -> String {
    absolute(try fill(template, more).plainText)
  }

  func absolute(_ url: String) -> String {
    if url.hasPrefix("/") || url.isEmpty { return baseURL + url }
    return url.contains("://") ? url : baseURL + "/" + url
  }

  /// The values of a connector, for `${connector.name}` and its own.
  func values(of connector: Target.Connector) throws(UnresolvedReference) -> JSON {
    var members = [JSON.Member("name", .string(connector.name))]
    for value in connector.values { members.append(.init(value.name, try fill(value.value, [:]))) }
    return .object(members)
  }

  /// Makes a request of a template.
  func request(_ template: Target.RequestTemplate, _ more: [String: JSON]) throws(UnresolvedReference) -> WireRequest {
    var request = WireRequest(method: template.method, url: try url(template.url, more))
    for header in template.headers {
      request.headers.append(HeaderField(header.name, try fill(header.value, more).plainText))
    }
    if let json = template.json {
      request.body = try fill(json, more).withoutNullMembers.compactBytes
      if request.headers.first("Content-Type") == nil {
        request.headers.append(HeaderField("Content-Type", "application/json"))
      }
    } else if let text = template.text {
      request.body = Array(try fill(text, more).plainText.utf8)
    } else if let form = template.form {
      var pairs: [(String, String)] = []
      for field in form {
        let value = try fill(field.value, more)
        if value != .null { pairs.append((field.name, value.plainText)) }
      }
      request.body = Array(FormEncoding.encode(pairs).utf8)
      if request.headers.first("Content-Type") == nil {
        request.headers.append(HeaderField("Content-Type", "application/x-www-form-urlencoded"))
      }
    }
    return request
  }
}

extension JSON {
  /// Members of the outermost object that are null are what a scenario left out.
  fileprivate var withoutNullMembers: JSON {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { $0.value != .null })
  }
}
