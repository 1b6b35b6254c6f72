// What one who is signed in does at the page.

import ConformanceModel
import HTTPModel

/// One request of a session, at one connector.
struct PageVisit {
  let page: AuthenticationPage
  let connector: ConnectorDefinition
  let request: ServiceRequest
  let cookie: String
  let formToken: String
  /// Whether the browser does not have the cookie yet.
  var isNew = false

  private var service: Service { page.service }

  /// - Parameter path: What stands behind the address of the tab.
  func answer(_ path: [String]) throws(ServiceProblem) -> ServiceResponse {
    var answer = try answer(to: path)
    if isNew { answer.headers.append(page.sessionCookie(cookie)) }
    return answer
  }

  private func answer(to path: [String]) throws(ServiceProblem) -> ServiceResponse {
    switch (path.count, path.first, path.last) {
    case (0, _, _): return try tab()
    case (1, "sign-out", _): return try signOut()
    case (2, "clients", "new"): return try create()
    case (3, "clients", "replacement"): return try replace(client(path[1]))
    case (3, "clients", "deletion"): return try delete(client(path[1]))
    case (2, "credentials", _): return try credentials(path[1])
    default: throw .notFound
    }
  }

  private func tab() throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("GET")
    let notice = service.sessions.with(cookie) { session in
      defer { session.notice = nil }
      return session.notice
    }
    let view = TabView(
      connector: connector, request: request, clients: service.store.clients(of: connector.name), notice: notice ?? nil)
    return show(.tab, "Authentication", view)
  }

  private func signOut() throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("POST")
    _ = try form()
    service.sessions.end(cookie)
    return seeOther("/sign-in", [page.sessionCookie(nil)])
  }

  // MARK: Sets of credentials

  private func create() throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("GET", "POST")
    guard request.method == "POST" else {
      return show(.create, "Create an OAuth2 client", CreateView(form: Secrets.make(), name: "", error: nil))
    }
    let form = try form()
    let name = form["name"] ?? ""
    guard service.policy.isName(name) else {
      let error =
        name.allSatisfy(\.isWhitespace) ? "Enter a name for the client" : "Enter a name of at most 100 characters"
      return show(
        .create, status: 422, "Error: Create an OAuth2 client",
        CreateView(form: Secrets.make(), name: name, error: error))
    }
    return try make(form) { service.makeSet(named: name, of: connector) }
  }

  /// For a lost secret: a new set of the same name. The old one stays until it is deleted.
  private func replace(_ lost: Store.Client?) throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("GET", "POST")
    guard let lost else { throw .notFound }
    guard request.method == "POST" else {
      return show(.replace, "Generate a new set", QuestionView(form: Secrets.make(), client: ClientView(lost)))
    }
    return try make(try form()) { service.makeSet(named: lost.name, for: lost, of: connector) }
  }

  /// Makes a set, once for each form, and leads to where it is shown.
  private func make(_ form: Form, _ make: () -> ClientSet) throws(ServiceProblem) -> ServiceResponse {
    guard let number = form["form"], number.utf8.count <= 64 else { throw .foreignForm }
    service.sessions.with(cookie) { $0.make(for: number, make) }
    return seeOther("/credentials/\(FormEncoding.encode(number))")
  }

  /// Shows a new set, once.
  private func credentials(_ number: String) throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("GET")
    guard let number = Form.decode(number.utf8), service.sessions.with(cookie, { $0.knows(number) }) == true else {
      throw .notFound
    }
    // HEAD shows nothing, and leaves the set for GET
    let set = service.sessions.with(cookie) { $0.take(number, of: connector.name, isShown: request.method == "GET") }
    guard let set = set ?? nil else {
      return show(.credentials, status: 410, "These credentials were shown", CredentialsView(shown: nil))
    }
    let shown = CredentialsView.Shown(
      id: set.client.id, secret: set.secret, name: set.client.name, tokenEndpoint: request.base + connector.tokenPath)
    return show(.credentials, "Your new credentials", CredentialsView(shown: shown))
  }

  private func delete(_ client: Store.Client?) throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("GET", "POST")
    guard request.method == "POST" else {
      guard let client else { throw .notFound }
      return show(.delete, "Delete a client", QuestionView(form: Secrets.make(), client: ClientView(client)))
    }
    _ = try form()
    // where it is gone already, what was wanted has happened
    if let client, service.store.delete(client.id, of: connector.name) {
      service.sessions.with(cookie) { $0.notice = Notice(deleted: client.name) }
    }
    return seeOther("")
  }

  // MARK: Words for the above

  private func client(_ id: String) -> Store.Client? {
    Form.decode(id.utf8).flatMap { service.store.client($0, of: connector.name) }
  }

  /// - Throws: 403 for a form that no page of this session holds.
  private func form() throws(ServiceProblem) -> Form {
    let form = try request.pageForm()
    guard let token = form["token"], Secrets.matches(token, Secrets.hash(formToken)) else { throw .foreignForm }
    return form
  }

  private func show(_ template: PageTemplate, status: Int = 200, _ title: String, _ content: Any) -> ServiceResponse {
    page.show(template, status: status, title, connector.name, content, formToken: formToken)
  }

  private func seeOther(_ path: String, _ headers: [HeaderField] = []) -> ServiceResponse {
    ServiceResponse(seeOther: connector.pagePath + path, headers: service.policy.uncacheable + headers)
  }
}
