// Client authentication at the token endpoint (RFC 6749 section 2.3.1): by HTTP Basic or in the body, one at a time.

import Conformance

extension TokenEndpoint {
  /// The client whose credentials the request holds.
  func authenticate(_ request: ServiceRequest, _ form: Form) throws(Refusal) -> Store.Client {
    let fields = request.headers.values("Authorization")
    guard fields.count <= 1 else { throw .invalidRequest("Authorization stands more than once") }
    guard let field = fields.first else {
      guard let id = form["client_id"], let secret = form["client_secret"] else { throw .invalidClient }
      return try client(id, secret)
    }
    if form["client_secret"] != nil { throw .invalidRequest("the client authenticates in two ways at once") }
    guard let (id, secret) = BasicCredentials.parse(field) else { throw .invalidClient }
    if let other = form["client_id"], other != id { throw .invalidRequest("client_id is another than in the Authorization header") }
    return try client(id, secret)
  }

  private func client(_ id: String, _ secret: String) throws(Refusal) -> Store.Client {
    let client = store.client(id, of: connector.name)
    // an unknown client takes as long as a wrong secret
    let matches = Secrets.matches(secret, client?.secretHash ?? Secrets.nobody)
    guard let client, matches else { throw .invalidClient }
    return client
  }
}

/// The Basic scheme with the form encoding that RFC 6749 section 2.3.1 puts inside it.
enum BasicCredentials {
  static func parse(_ field: String) -> (id: String, secret: String)? {
    let words = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard words.count == 2, words[0].lowercased() == "basic" else { return nil }
    let encoded = words[1].drop { $0 == " " }
    guard !encoded.isEmpty, let bytes = Base64.decode(String(encoded)),
      let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
      let id = Form.decode(bytes[..<colon]), let secret = Form.decode(bytes[(colon + 1)...]), !id.isEmpty
    else { return nil }
    return (id, secret)
  }
}
