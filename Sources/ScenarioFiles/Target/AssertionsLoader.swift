// Reads how clients sign their assertions (RFC 7523), and the keys that they sign with.

import ConformanceModel
import Cryptography
import JSONValue
import YAML

extension TargetLoader {
  func assertions(_ reader: YAMLReader, for ways: [ClientAuthentication]) -> Target.Assertions {
    var assertions = Target.Assertions()
    guard let fields = reader.fields("assertion", TargetKeywords.assertion) else { return assertions }
    if !ways.contains(where: \.isAssertion) {
      reader.diagnostic(
        "'assertion' is only for private-key-jwt and client-secret-jwt; add one of them to 'client-authentication'")
    }
    assertions.audience = fields["audience"].map { $0.template(scope) }
    assertions.algorithm = fields["algorithm"]?.algorithm(SignatureAlgorithm.ofPrivateKeys)
    assertions.secretAlgorithm =
      fields["secret-algorithm"]?.algorithm(SignatureAlgorithm.ofSecrets) ?? assertions.secretAlgorithm
    assertions.lifetime = fields["lifetime"].flatMap(assertionLifetime) ?? assertions.lifetime
    assertions.key = key(fields, for: assertions.algorithm)
    return assertions
  }

  private func assertionLifetime(_ reader: YAMLReader) -> Int? {
    guard let text = reader.text("lifetime") else { return nil }
    let range = Target.Assertions.lifetimes
    guard let duration = try? SimulatedDuration(parsing: text), duration.milliseconds % 1000 == 0,
      range.contains(Int(duration.milliseconds / 1000))
    else {
      reader.diagnostic("expected a lifetime from 1s to 1d in whole seconds, such as 60s")
      return nil
    }
    return Int(duration.milliseconds / 1000)
  }

  /// The private key of clients: a file, or a text from the environment or from a file.
  func key(_ fields: Fields, for algorithm: SignatureAlgorithm?) -> Target.Key? {
    guard let reader = fields["key"] else {
      fields["kid"]?.diagnostic("'kid' belongs to a key; add 'key: FILE'")
      return nil
    }
    guard let template = reader.textTemplate("key", scope) else { return nil }
    let id = fields["kid"]?.textTemplate("kid", scope)
    guard template.references.isEmpty else { return Target.Key(pem: template, id: id) }
    if template.literalText?.contains("-----BEGIN") == true {
      refuseSecret(reader)
      return nil
    }
    guard let bytes = reader.contents("key") else { return nil }
    let pem = String(decoding: bytes, as: UTF8.self)
    guard let key = SigningKey(pem: pem) else {
      reader.diagnostic(
        "the file has no private key that can be used; expected PEM without a password: RSA of at least 2048 bits, "
          + "P-256, P-384, P-521 or Ed25519")
      return nil
    }
    if let algorithm, !key.algorithms.contains(algorithm) {
      reader.diagnostic(
        "the key cannot sign by \(algorithm.rawValue); expected 'algorithm' to be one of: "
          + key.algorithms.map(\.rawValue).joined(separator: ", "))
    }
    return Target.Key(pem: .literal(.string(pem)), id: id)
  }

  /// Reports clients that would have no key or no certificate, or keys that no client uses.
  func checkKeys(_ target: Target, _ fields: Fields) {
    checkCertificates(target, fields)
    guard let reader = fields["clients"], let clients = target.clients else { return }
    for (part, reader) in scope.publicKeyUses {
      if part == "certificate" ? !target.makesCertificates : !target.usesPrivateKeys && !target.makesCertificates {
        reader.diagnostic(
          part == "certificate"
            ? "only clients that authenticate by tls-client-auth have certificates, those that a run makes if 'tls' has none"
            : "only clients that authenticate by private-key-jwt have keys; add it to 'client-authentication'")
      }
    }
    guard target.usesPrivateKeys, target.token.assertions.key == nil else { return }
    switch clients {
    case .static(let given):
      let items = reader.members("clients")?.first { $0.name == "static" }?.value.list("static") ?? []
      for (client, item) in zip(given, items) where client.key == nil && !item.has("key") {
        item.diagnostic("the client has no private key; add 'key: FILE', or the same to 'token: assertion'")
      }
    case .prompt:
      reader.diagnostic("a person cannot register generated keys; add 'assertion: { key: FILE }' to 'token'")
    case .http(let http):
      for operation in [ClientManagement.create, .replace] {
        guard let request = http.requests[operation], !request.sends(["jwks", "public-key"]) else { continue }
        reader.members("clients")?.first { $0.name == operation.rawValue }?.value.diagnostic(
          "the request does not register the client's key; put ${client.jwks} or ${client.public-key} into it, or "
            + "add 'assertion: { key: FILE }' to 'token'")
      }
    case .command, .registration: break
    }
  }
}

extension TargetLoader {
  /// Reports clients that would have no certificate, or certificates that no client uses.
  private func checkCertificates(_ target: Target, _ fields: Fields) {
    let clients = fields["clients"]?.members("clients") ?? []
    let given = clients.first { $0.name == "static" }?.value.list("static") ?? []
    guard target.token.authentications.contains(.tlsClientAuth) else {
      for client in given where client.has("tls") {
        client.diagnostic(
          "only clients that authenticate by tls-client-auth have certificates; add it to 'client-authentication'")
      }
      return
    }
    guard fields["tls"]?.has("certificate") != true else { return }
    for client in given where !client.has("tls") {
      client.diagnostic(
        "the client has no certificate; add 'tls: { certificate: FILE, key: FILE }', or the same to the target")
    }
    if case .http(let http) = target.clients {
      for operation in [ClientManagement.create, .replace] {
        guard let request = http.requests[operation], !request.sends(["jwks", "certificate"]) else { continue }
        clients.first { $0.name == operation.rawValue }?.value.diagnostic(
          "the request does not register the client's certificate; put ${client.jwks} or ${client.certificate} into it, "
            + "or add 'tls: { certificate: FILE, key: FILE }' to the target")
      }
    } else if given.isEmpty, !target.makesCertificates {
      fields["token"]?.diagnostic(
        "tls-client-auth needs certificates; add 'tls: { certificate: FILE, key: FILE }' to the target")
    }
  }
}

extension Target.RequestTemplate {
  /// Whether it has one of these parts of the client.
  fileprivate func sends(_ parts: [String]) -> Bool {
    let templates = [url] + [json, text].compactMap(\.self) + (headers + (form ?? [])).map(\.value)
    return templates.flatMap(\.references).contains {
      $0.name == "client" && $0.path.count == 2 && parts.contains($0.path[1])
    }
  }
}

extension YAMLReader {
  fileprivate func algorithm(_ known: [SignatureAlgorithm]) -> SignatureAlgorithm? {
    guard let text = text("algorithm") else { return nil }
    if let found = known.first(where: { $0.rawValue == text }) { return found }
    diagnostic(
      "unknown algorithm '\(text.prefix(60))'; expected one of: \(known.map(\.rawValue).joined(separator: ", "))")
    return nil
  }
}
