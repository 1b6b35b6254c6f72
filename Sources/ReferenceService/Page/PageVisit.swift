// The actions of a session at the page.

import ConformanceModel
import HTTPModel

/// One request of a session, at one connector.
struct PageVisit {
  let page: AuthenticationPage
  let connector: ConnectorDefinition
  let request: ServiceRequest
  let cookie: String
  let formToken: String
  /// Whether the session is new, so that the response sets its cookie.
  var isNew = false

  private var store: Store { page.store }
  private var sessions: Sessions { page.sessions }

  /// - Parameter path: The path segments after the tab's own.
  func respond(_ path: [String]) throws(ServiceProblem) -> ServiceResponse {
    var response = try show(path)
    if isNew { response.headers.append(page.sessionCookie(cookie)) }
    return response
  }

  private func show(_ path: [String]) throws(ServiceProblem) -> ServiceResponse {
    switch (path.count, path.first, path.last) {
    case (0, _, _): return try tab()
    case (1, "sign-out", _): return try signOut()
    case (1, "basic", _): return try switchBasic()
    case (2, "clients", "new"): return try create()
    case (3, "clients", "replacement"): return try replace(client(path[1]))
    case (3, "clients", "deletion"): return try delete(client(path[1]))
    case (2, "credentials", _): return try credentials(path[1])
    default: throw .notFound
    }
  }

  private func tab() throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("GET")
    let notice = sessions.with(cookie) { session in
      defer { session.notice = nil }
      return session.notice
    }
    let content = TabContent(
      connector: connector, request: request, clients: store.clients(of: connector.name),
      acceptsBasic: store.acceptsBasic(connector.name), notice: notice ?? nil)
    return show("Authentication", content)
  }

  private func signOut() throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("POST")
    _ = try form()
    sessions.end(cookie)
    return seeOther("/sign-in", [page.sessionCookie(nil)])
  }

  /// The inbound URL accepts HTTP Basic from now on, or no longer.
  private func switchBasic() throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("POST")
    store.acceptBasic(try form()["accepted"] == "yes", at: connector.name)
    return seeOther("")
  }

  // MARK: Clients

  private func create() throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("GET", "POST")
    guard request.method == "POST" else {
      return show("Create an OAuth2 client", CreateContent(form: Secrets.make(), name: "", error: nil))
    }
    let form = try form()
    let name = form["name"] ?? ""
    guard page.policy.isName(name) else {
      let error =
        name.allSatisfy(\.isWhitespace) ? "Enter a name for the client" : "Enter a name of at most 100 characters"
      return show(
        "Error: Create an OAuth2 client", status: 422,
        CreateContent(form: Secrets.make(), name: name, error: error))
    }
    return try create(form) { page.management.create(named: name, of: connector) }
  }

  /// For a lost secret: new credentials with the same name. The old ones work until they are deleted.
  private func replace(_ lost: Store.Client?) throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("GET", "POST")
    guard let lost else { throw .notFound }
    guard request.method == "POST" else {
      return show("Generate a new set", ReplaceContent(form: Secrets.make(), client: ListedClient(lost)))
    }
    return try create(try form()) { page.management.create(named: lost.name, for: lost, of: connector) }
  }

  /// Creates a client, once for each form, and redirects to its credentials.
  private func create(_ form: Form, _ create: () -> NewClient) throws(ServiceProblem) -> ServiceResponse {
    guard let number = form["form"], number.utf8.count <= 64 else { throw .foreignForm }
    sessions.with(cookie) { $0.create(for: number, create) }
    return seeOther("/credentials/\(FormEncoding.encode(number))")
  }

  /// Shows new credentials, once.
  private func credentials(_ number: String) throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("GET")
    guard let number = Form.decode(number.utf8), sessions.with(cookie, { $0.knows(number) }) == true else {
      throw .notFound
    }
    // HEAD shows nothing, so the credentials stay available for GET
    let new = sessions.with(cookie) { $0.take(number, of: connector.name, isShown: request.method == "GET") }
    guard let new = new ?? nil else {
      return show("These credentials were shown", status: 410, CredentialsContent(shown: nil))
    }
    let shown = CredentialsContent.Shown(
      id: new.client.id, secret: new.secret, name: new.client.name, tokenEndpoint: request.base + connector.tokenPath)
    return show("Your new credentials", CredentialsContent(shown: shown))
  }

  private func delete(_ client: Store.Client?) throws(ServiceProblem) -> ServiceResponse {
    try request.mustBe("GET", "POST")
    guard request.method == "POST" else {
      guard let client else { throw .notFound }
      return show("Delete a client", DeleteContent(client: ListedClient(client)))
    }
    _ = try form()
    // a client that is deleted already needs no error
    if let client, store.delete(client.id, of: connector.name) {
      sessions.with(cookie) { $0.notice = Notice(deleted: client.name) }
    }
    return seeOther("")
  }

  // MARK: Parts

  private func client(_ id: String) -> Store.Client? {
    Form.decode(id.utf8).flatMap { store.client($0, of: connector.name) }
  }

  /// - Throws: 403 for a form that was not sent by a page of this session.
  private func form() throws(ServiceProblem) -> Form {
    let form = try request.pageForm()
    guard let token = form["token"], Secrets.matches(token, Secrets.hash(formToken)) else { throw .foreignForm }
    return form
  }

  private func show(_ title: String, status: Int = 200, _ content: any PageContent) -> ServiceResponse {
    page.show(title, status: status, connector.name, content, formToken: formToken)
  }

  private func seeOther(_ path: String, _ headers: [HeaderField] = []) -> ServiceResponse {
    ServiceResponse(seeOther: connector.pagePath + path, headers: page.policy.uncacheable + headers)
  }
}
