// Words for faults: what to change, and where.

import ConformanceModel
import HTTPModel
import JSONValue

extension Policy {
  /// Changes answers, after those changes that are there already.
  mutating func onAnswer(_ edit: @escaping @Sendable (Service, ServiceRequest, inout ServiceResponse) -> Void) {
    let before = write
    write = { service, request, answer in
      before(service, request, &answer)
      edit(service, request, &answer)
    }
  }

  /// Changes the answers of the token endpoint that hold a token.
  mutating func onTokenAnswer(_ edit: @escaping @Sendable (inout ServiceResponse) -> Void) {
    onAnswer { _, request, answer in if request.isTokenRequest, answer.status == 200 { edit(&answer) } }
  }

  /// Changes the members of the answers of the token endpoint that hold a token.
  mutating func onTokenMembers(_ edit: @escaping @Sendable (inout [JSON.Member]) -> Void) {
    onTokenAnswer { $0.editMembers(edit) }
  }

  /// Changes the refusals of the token endpoint.
  mutating func onTokenError(_ edit: @escaping @Sendable (inout ServiceResponse) -> Void) {
    onAnswer { _, request, answer in if request.isTokenRequest, answer.status != 200 { edit(&answer) } }
  }

  /// Changes the refusals of the token endpoint that have this code.
  mutating func onTokenError(_ code: String, _ edit: @escaping @Sendable (inout ServiceResponse) -> Void) {
    onTokenError { if $0.errorCode == code { edit(&$0) } }
  }

  /// Changes the answers of inbound URLs that have this status; any where it is `nil`.
  mutating func onInboundAnswer(
    _ status: Int? = nil, _ edit: @escaping @Sendable (ServiceRequest, inout ServiceResponse) -> Void
  ) {
    onAnswer { _, request, answer in
      if request.isInbound, status == nil || answer.status == status { edit(request, &answer) }
    }
  }

  /// Changes the members of answers of the authentication tab that tell of clients: lists, single ones, and new ones.
  mutating func onClients(
    _ which: TabResponse, _ edit: @escaping @Sendable (Service, ServiceRequest, inout [JSON.Member]) -> Void
  ) {
    onAnswer { service, request, answer in
      guard which.fits(request, answer) else { return }
      guard which == .list else { return answer.editMembers { edit(service, request, &$0) } }
      answer.editMembers { members in
        guard let index = members.firstIndex(where: { $0.name == "clients" }), let clients = members[index].value.array
        else { return }
        members[index].value = .array(
          clients.map { client in
            var inner = client.object ?? []
            edit(service, request, &inner)
            return .object(inner)
          })
      }
    }
  }

  /// Changes requests to the token endpoint before they are judged.
  mutating func onTokenRequest(_ edit: @escaping @Sendable (inout ServiceRequest) -> Void) {
    let before = readBody
    readBody = { request in
      before(&request)
      if request.isTokenRequest { edit(&request) }
    }
  }

  /// Changes the heads of requests to inbound URLs before they are judged.
  mutating func onInboundHead(_ edit: @escaping @Sendable (inout ServiceRequest) -> Void) {
    let before = readHead
    readHead = { request in
      before(&request)
      if request.isInbound { edit(&request) }
    }
  }

  /// Forgives these problems of payloads.
  mutating func forgive(_ forgiven: @escaping @Sendable (ServiceProblem) -> Bool) { toleratesPayload = forgiven }
}

/// Which answer of the authentication tab.
enum TabResponse {
  case list, single, new, replacement

  func fits(_ request: ServiceRequest, _ answer: ServiceResponse) -> Bool {
    let parts = request.path.split(separator: "/")
    guard parts.count >= 3, parts[0] == "connectors", parts[2] == "clients" else { return false }
    switch self {
    case .list: return parts.count == 3 && request.method == "GET" && answer.status == 200
    case .single: return parts.count == 4 && request.method == "GET" && answer.status == 200
    case .new: return parts.count == 3 && request.method == "POST" && answer.status == 201
    case .replacement: return parts.count == 5 && request.method == "POST" && answer.status == 201
    }
  }
}

extension ServiceRequest {
  var isTokenRequest: Bool { path.hasPrefix("/connectors/") && path.hasSuffix("/oauth/token") }
  var isInbound: Bool { path.hasPrefix("/v1/") }

  /// The connector that an address of the authentication tab names.
  var tabConnector: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  /// The form in the body, name by name.
  var form: [(name: String, value: String)] {
    get { body.flatMap { Form($0) }?.parameters ?? [] }
    set { body = Array(FormEncoding.encode(newValue.map { ($0.name, $0.value) }).utf8) }
  }

  func header(_ name: String) -> String? { headers.first(name) }

  mutating func setHeader(_ name: String, _ value: String?) {
    headers.removeAll { $0.name.lowercased() == name.lowercased() }
    if let value { headers.append(HeaderField(name, value)) }
  }
}

extension ServiceResponse {
  var json: JSON? { try? JSON(parsing: body) }

  var errorCode: String? { json?["error"]?.string }

  mutating func editMembers(_ edit: (inout [JSON.Member]) -> Void) {
    guard case .object(var members)? = json else { return }
    edit(&members)
    body = JSON.object(members).compactBytes
  }

  mutating func setHeader(_ name: String, _ value: String?) {
    headers.removeAll { $0.name.lowercased() == name.lowercased() }
    if let value { headers.append(HeaderField(name, value)) }
  }
}

extension [JSON.Member] {
  /// The value of the first member with this name; `nil` takes it away.
  subscript(_ name: String) -> JSON? {
    get { first { $0.name == name }?.value }
    set {
      guard let index = firstIndex(where: { $0.name == name }) else {
        if let newValue { append(JSON.Member(name, newValue)) }
        return
      }
      if let newValue { self[index].value = newValue } else { remove(at: index) }
    }
  }
}

extension Service {
  /// The token that a request carries, be it expired or not.
  func token(of request: ServiceRequest) -> Store.Token? {
    guard let text = request.header("Authorization").flatMap(BearerAuthentication.token) else { return nil }
    return store.state.withLock { $0.tokens[Secrets.hash(policy.tokenForm(text))] }
  }
}
