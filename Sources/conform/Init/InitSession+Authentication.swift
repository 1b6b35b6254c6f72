// How clients authenticate: what the options or the metadata say, and the keys and certificates for it.

import ConformanceModel
import FoundationEssentials
import HTTPModel
import HTTPTransport
import ScenarioFiles

extension InitSession {
  /// Takes the ways of client authentication from the options, and asks for the certificate that one of them needs.
  func findAuthentication() async throws {
    if !options.clientAuthentications.isEmpty {
      ways = try options.clientAuthentications.map(InitSession.way)
    }
    if transport.cert == nil, ways.contains(.tlsClientAuth) { try await askCertificate() }
    draft.tls = [("ca", transport.cacert), ("certificate", transport.cert), ("key", transport.key)].compactMap {
      key, path in
      path.map { (key, InitSession.path($0, from: file)) }
    }
    do throws(Refusal) { _ = try target() } catch {
      throw StartError(error.status, "\(error.reason)\(Questions.unwritten)")
    }
    if transport.cert == nil { leaveOut(.tlsClientAuth, "no certificate is given by --cert") }
  }

  /// The ways that are tried: those that the options or the metadata name, and both ways of sending a secret.
  var waysToTry: [ClientAuthentication] {
    let plain: [ClientAuthentication] = [.basic, .body]
    guard options.clientAuthentications.isEmpty, ways.contains(where: plain.contains) else { return ways }
    return plain + ways.filter { !plain.contains($0) }
  }

  /// Whether clients have a secret.
  var hasSecrets: Bool { ways.contains(where: \.usesSecret) }

  /// A way that cannot be used is not in the file.
  func leaveOut(_ way: ClientAuthentication, _ reason: String) {
    guard ways.contains(way) else { return }
    ways.removeAll { $0 == way }
    if ways.isEmpty { ways = [.basic] }
    leaveUntried("client authentication '\(way.rawValue)'", reason)
  }

  private func askCertificate() async throws {
    let question = Question("the file with the certificate of the client, in PEM; empty: none", "--cert", fallback: "")
    let file = try await questions.ask(question, given: nil) { text throws(Refusal) in try InitSession.readable(text) }
    guard !file.isEmpty else { return }
    let keyQuestion = Question("the file with its key, in PEM; empty: the same file", "--key", fallback: "")
    try await questions.ask(keyQuestion, given: nil) { text in
      let key = try InitSession.readable(text)
      self.transport.cert = file
      self.transport.key = key.isEmpty ? nil : key
      do throws(TransportError) { try self.transport.options.check() } catch { throw Refusal(error.message) }
    }
    let former = client
    client = try HTTPClient(transport.options)
    await former.shutdown()
  }

  /// The path of a file, or nothing.
  private static func readable(_ text: String) throws(Refusal) -> String {
    guard text.isEmpty || Library.hasFile(text) else { throw Refusal("no such file: '\(text)'") }
    return text
  }

  /// A path as the target file has it, which is relative to that file.
  private static func path(_ path: String, from file: String) -> String {
    let isBeside = Path.folder(of: file) == "." || path.hasPrefix("/")
    return isBeside ? path : Path.join(FileManager.default.currentDirectoryPath, path)
  }

  private static func way(_ text: String) throws -> ClientAuthentication {
    let way = ClientAuthentication(rawValue: text) ?? ClientAuthentication(registeredName: text)
    guard let way, ClientAuthentication.declarable.contains(way) else {
      let all = ClientAuthentication.declarable.map(\.rawValue).joined(separator: ", ")
      throw StartError(
        .usageError, "--client-authentication: expected one of: \(all)\(Questions.unwritten)")
    }
    return way
  }

  // MARK: - Keys

  /// Clients have private keys, although nothing named the way that needs them.
  func addPrivateKeys() {
    if !ways.contains(.privateKeyJWT) { ways.append(.privateKeyJWT) }
  }

  /// Adds the member that registers the public key of a client to the body of its creation.
  func askPublicKey(_ create: inout TargetDraft.RequestDraft) async throws {
    let body = create.json ?? "{}"
    if ["${client.jwks}", "${client.public-key}"].contains(where: body.contains) {
      addPrivateKeys()
      return
    }
    guard ways.contains(.privateKeyJWT) || options.createKey != nil else { return }
    let question = Question(
      "the member of the body that registers the public key of a client, as a JSON Web Key Set, such as jwks; empty: none",
      "--create-key", fallback: "")
    let name = try await questions.ask(question, given: options.createKey) { text throws(Refusal) in
      guard text.wholeMatch(of: /[A-Za-z0-9_.\-]*/) != nil else {
        throw Refusal("expected the name of a member, such as jwks; --create-json writes the whole body")
      }
      return text
    }
    guard !name.isEmpty else { return leaveOut(.privateKeyJWT, "no member of --create-json registers the public key") }
    guard body.hasPrefix("{"), body.hasSuffix("}") else {
      throw StartError(
        .usageError, "--create-key: the body of --create-json is not a JSON object\(Questions.unwritten)")
    }
    let members = String(body.dropFirst().dropLast())
    create.json = "{\(members)\(members.isEmpty ? "" : ",")\"\(name)\":\"${client.jwks}\"}"
    addPrivateKeys()
    questions.propose("clients: { create: { json: \(create.json ?? "") } }")
  }
}
