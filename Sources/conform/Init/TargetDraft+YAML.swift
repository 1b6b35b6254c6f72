// A draft as the text of a target file.

import ConformanceModel
import JSONValue

extension TargetDraft {
  /// The file. Texts are written as JSON strings, which are also YAML.
  var yaml: String {
    var parts = ["# A target of conform; 'conform schema' writes the schema for your editor.\n" + head]
    let declared = behaviours.map { "\($0.behaviour.rawValue): \($0.value.compact)" }.joined(separator: ", ")
    parts.append(
      declared.isEmpty
        ? "# Choices that the documents leave open; the defaults are in the guide to scenarios.\n"
          + "# behaviour: { token-lifetime: 86400, payload-accepted: [200, 201] }\n"
        : "# Choices that the documents leave open, as the service showed them.\nbehaviour: { \(declared) }\n")
    let task = hasGuessedPlaces ? "  # TODO: where the responses have the ids and the secret\n" : ""
    parts += [token, connectors, "clients:\n\(task)\(clients.yaml)"]
    if !endpoints.isEmpty {
      let lines = endpoints.map { "  \($0.endpoint.rawValue): \(quoted($0.url))\n" }.joined()
      parts.append("# From the metadata.\nendpoints:\n" + lines)
    }
    parts.append(clock.yaml)
    if !launch.isEmpty { parts.append("launch:\n  command: \(list(launch))\n") }
    return parts.joined(separator: "\n")
  }

  private var head: String {
    let notes = remarks.map { "# Note: \($0)\n" }.joined()
    let comment =
      environment == .live
      ? "# A run leaves nothing behind. Write 'disposable' if it may create and leave anything.\n"
      : "# A run may create and leave anything. Write 'live' for a service that others use.\n"
    let known = launch.isEmpty ? "The service at \(baseURL)" : "The launched service"
    // a name is no template
    let title = (name ?? known).replacing("${", with: "$${")
    let files = tls.map { "\($0.key): \(quoted($0.path))" }.joined(separator: ", ")
    let tls = files.isEmpty ? "" : "tls: { \(files) }\n"
    return
      "\(notes)target: \(quoted(title))\nbase-url: \(quoted(baseURL))\n\(comment)environment: \(environment)\n\(tls)"
  }

  private var token: String {
    let methods = authentications.map(\.rawValue).joined(separator: ", ")
    var lines = "token:\n  url: \(quoted(tokenURL))\n  client-authentication: [\(methods)]\n"
    if let audience { lines += "  assertion: { audience: \(quoted(audience)) }\n" }
    if !tokenParameters.isEmpty {
      let members = tokenParameters.map { "\(quoted($0.name)): \(quoted($0.value))" }.joined(separator: ", ")
      lines += "  params: { \(members) }\n"
    }
    let places = [accessToken.map { "access-token: \(quoted($0))" }, expiresIn.map { "expires-in: \(quoted($0))" }]
    let answer = places.compactMap(\.self).joined(separator: ", ")
    return answer.isEmpty ? lines : lines + "  answer: { \(answer) }\n"
  }

  private var connectors: String {
    let task = hasGuessedSample ? "      # TODO: a payload that the service accepts\n" : ""
    return """
      connectors:
        # The name of the connector; a second one makes isolation testable.
        first:
          inbound-url: \(quoted(inboundURL))
          payloads:
      \(task)      valid: \(sample.yaml)
      \(sample.proposal)      # wrong-entity: { json: { … } }    # a payload that it refuses
            # blank: { text: "", content-type: application/json }

      """
  }
}

extension TargetDraft.SampleDraft {
  /// A sample with texts that services get wrong, as a comment: whether this one accepts it is unknown.
  fileprivate var proposal: String {
    let texts = "${unique}-\\u00E9-e\\u0301-漢字-🚚-\\u2028"
    let place = "\"${unique}\""
    switch self {
    case .json(let text) where text.contains(place):
      return "      # unicode: { json: \(text.replacing(place, with: "\"\(texts)\"")) }\n"
        + "      # see 'Samples that bite' in the guide to target files\n"
    case .json, .text, .file: return ""
    }
  }

  var yaml: String {
    switch self {
    case .json(let text): "{ json: \(text) }"
    case .text(let text): "{ text: \(quoted(text)), content-type: application/xml }"
    case .file(let path): "{ file: \(quoted(path)) }"
    }
  }
}

extension TargetDraft.ClientsDraft {
  fileprivate var yaml: String {
    switch self {
    case .given(let id, let secret, let key):
      let members = [("id", id), ("secret", secret), ("key", key)].compactMap { name, variable in
        variable.map { "\(name): \(quoted("${env.\($0)}"))" }
      }
      return "  # Given credentials, from the environment. If conform can create clients, it tests more.\n"
        + "  static:\n    - { \(members.joined(separator: ", ")) }\n"
    case .requests(let requests):
      return requests.map { "  \($0.operation.rawValue):\n\($0.request.yaml(indent: 4))" }.joined()
    case .registration(let url, let variable, let isManaged):
      var lines = "  # Dynamic client registration (RFC 7591).\n  rfc7591:\n    url: \(quoted(url))\n"
      if let variable { lines += "    initial-access-token: \(quoted("${env.\(variable)}"))\n" }
      return lines + (isManaged ? "    managed: true    # clients can be read and deleted (RFC 7592)\n" : "")
    case .command(let words, let operations):
      let names = operations.map(\.rawValue).joined(separator: ", ")
      return "  command: \(list(words))\n  operations: [\(names)]\n"
    case .prompt(let place): return "  prompt: \(place.isEmpty ? "true" : quoted(place))\n"
    }
  }
}

extension TargetDraft.RequestDraft {
  /// The values of a response, each with its place.
  var answerYAML: String {
    let places = answer.map { "\($0.name): \($0.pointer.hasPrefix("{") ? $0.pointer : quoted($0.pointer))" }
    return "answer: { \(places.joined(separator: ", ")) }"
  }

  fileprivate func yaml(indent: Int) -> String {
    var lines = ["request: \(quoted(line))"]
    if !headers.isEmpty {
      let members = headers.map { "\(quoted($0.name)): \(quoted($0.value))" }.joined(separator: ", ")
      lines.append("headers: { \(members) }")
    }
    if let json { lines.append("json: \(json)") }
    if !answer.isEmpty { lines.append(answerYAML) }
    return lines.map { String(repeating: " ", count: indent) + $0 + "\n" }.joined()
  }
}

extension TargetDraft.ClockDraft {
  fileprivate var yaml: String {
    switch self {
    case .wall:
      "# 'wall' waits in real time, and longer waits are pending.\nclock: { driver: wall }\n"
    case .process: "clock: { driver: process }\n"
    case .faketime: "clock: { driver: faketime }\n"
    case .command(let words): "clock:\n  driver: command\n  advance: \(list(words))\n"
    case .http(let advance, let read):
      "clock:\n  driver: http\n  advance:\n\(advance.yaml(indent: 4))"
        + (read.map { "  read:\n\($0.yaml(indent: 4))" } ?? "")
    }
  }
}

private func quoted(_ text: String) -> String { JSON.string(text).compact }

private func list(_ words: [String]) -> String { "[\(words.map(quoted).joined(separator: ", "))]" }
