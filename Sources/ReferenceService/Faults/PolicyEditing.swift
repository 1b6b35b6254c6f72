// The vocabulary of faults: what to change, and where.

import ConformanceModel
import HTTPModel
import JSONValue

extension Policy {
  /// Changes responses, after the changes that were made before.
  mutating func onResponse(_ edit: @escaping @Sendable (Store, ServiceRequest, inout ServiceResponse) -> Void) {
    let before = write
    write = { store, request, response in
      before(store, request, &response)
      edit(store, request, &response)
    }
  }

  /// Changes the responses of the token endpoint that contain a token.
  mutating func onTokenResponse(_ edit: @escaping @Sendable (inout ServiceResponse) -> Void) {
    onResponse { _, request, response in if request.isTokenRequest, response.status == 200 { edit(&response) } }
  }

  /// Changes the members of the responses of the token endpoint that contain a token.
  mutating func onTokenMembers(_ edit: @escaping @Sendable (inout [JSON.Member]) -> Void) {
    onTokenResponse { $0.editMembers(edit) }
  }

  /// Changes the error responses of the token endpoint.
  mutating func onTokenError(_ edit: @escaping @Sendable (inout ServiceResponse) -> Void) {
    onResponse { _, request, response in if request.isTokenRequest, response.status != 200 { edit(&response) } }
  }

  /// Changes the error responses of the token endpoint that have this code.
  mutating func onTokenError(_ code: String, _ edit: @escaping @Sendable (inout ServiceResponse) -> Void) {
    onTokenError { if $0.errorCode == code { edit(&$0) } }
  }

  /// Changes the responses of inbound URLs that have this status; all if it is `nil`.
  mutating func onInboundResponse(
    _ status: Int? = nil, _ edit: @escaping @Sendable (ServiceRequest, inout ServiceResponse) -> Void
  ) {
    onResponse { _, request, response in
      if request.isInbound, status == nil || response.status == status { edit(request, &response) }
    }
  }

  /// Changes the members that describe clients in responses of the authentication tab.
  mutating func onClients(
    _ which: TabResponse, _ edit: @escaping @Sendable (Store, ServiceRequest, inout [JSON.Member]) -> Void
  ) {
    onResponse { store, request, response in
      guard which.fits(request, response) else { return }
      guard which == .list else { return response.editMembers { edit(store, request, &$0) } }
      response.editMembers { members in
        guard let index = members.firstIndex(where: { $0.name == "clients" }), let clients = members[index].value.array
        else { return }
        members[index].value = .array(
          clients.map { client in
            var inner = client.object ?? []
            edit(store, request, &inner)
            return .object(inner)
          })
      }
    }
  }

  /// Changes the responses of the authentication tab, whatever their status.
  mutating func onTab(
    _ operation: TabOperation, _ edit: @escaping @Sendable (Store, ServiceRequest, inout ServiceResponse) -> Void
  ) {
    onResponse { store, request, response in
      if request.tabOperation == operation { edit(store, request, &response) }
    }
  }

  /// Changes requests to the token endpoint before they are checked.
  mutating func onTokenRequest(_ edit: @escaping @Sendable (inout ServiceRequest) -> Void) {
    let before = readBody
    readBody = { request in
      before(&request)
      if request.isTokenRequest { edit(&request) }
    }
  }

  /// Changes the heads of requests to inbound URLs before they are checked.
  mutating func onInboundHead(_ edit: @escaping @Sendable (inout ServiceRequest) -> Void) {
    let before = readHead
    readHead = { request in
      before(&request)
      if request.isInbound { edit(&request) }
    }
  }

  /// Accepts payloads with these problems.
  mutating func tolerate(_ problems: @escaping @Sendable (ServiceProblem) -> Bool) { toleratesPayload = problems }
}

extension Store {
  /// Delivers the payload of a request that was refused.
  ///
  /// - Returns: Its receipt; `nil` if it has none.
  func deliver(_ request: ServiceRequest) -> String? {
    guard let body = request.body, !body.isEmpty,
      let connector = connectors.first(where: { $0.inboundPath == request.path })
    else { return nil }
    let receipt = Secrets.makeID("receipt")
    _ = receive(body, contentType: request.header("Content-Type") ?? "", id: receipt, for: connector.name)
    return receipt
  }
}

/// What a request asks of the authentication tab.
enum TabOperation: String, CaseIterable {
  case create, list, show, replace, delete
}

/// A kind of response of the authentication tab.
enum TabResponse {
  case list, single, new, replacement

  func fits(_ request: ServiceRequest, _ response: ServiceResponse) -> Bool {
    switch (self, request.tabOperation) {
    case (.list, .list), (.single, .show): response.status == 200
    case (.new, .create), (.replacement, .replace): response.status == 201
    default: false
    }
  }
}

extension ServiceRequest {
  var isTokenRequest: Bool { path.hasPrefix("/connectors/") && path.hasSuffix("/oauth/token") }
  var isInbound: Bool { path.hasPrefix("/v1/") }

  /// The connector that a path of the authentication tab names.
  var tabConnector: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  /// The client that a path of the authentication tab names.
  var tabClient: String? { path.split(separator: "/").dropFirst(3).first.map(String.init) }

  var tabOperation: TabOperation? {
    let parts = path.split(separator: "/")
    guard parts.count >= 3, parts[0] == "connectors", parts[2] == "clients" else { return nil }
    switch (parts.count, method) {
    case (3, "POST"): return .create
    case (3, "GET"): return .list
    case (4, "GET"): return .show
    case (4, "DELETE"): return .delete
    case (5, "POST"): return .replace
    default: return nil
    }
  }

  /// The client id in a request to the token endpoint, by Basic or in the body.
  var sentID: String? {
    if let field = header("Authorization") { return BasicCredentials(field)?.id }
    return form.first { $0.name == "client_id" }?.value
  }

  /// The parameters of the form in the body.
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
  /// What a service without a handler for a failure responds.
  static var crash: ServiceResponse { ServiceResponse(500, error: "server_error", description: "internal error") }

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
  /// The value of the first member with this name; `nil` removes the member.
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

extension Store {
  /// The stored token of a request, even if it is expired.
  func token(of request: ServiceRequest) -> Store.Token? {
    guard let text = request.header("Authorization").flatMap(BearerAuthentication.token) else { return nil }
    return state.withLock { $0.tokens[Secrets.hash(policy.tokenForm(text))] }
  }
}
