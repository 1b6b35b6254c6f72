// The authentication tab as a page for people: who may see it, and which address shows what.

import ConformanceModel
import HTTPModel

/// Works without scripts; a script only adds buttons for copying. Forms are answered by 303, so that reloading sends none again.
struct AuthenticationPage {
  let service: Service

  /// - Parameter path: What stands behind `/connectors/NAME/authentication`.
  func answer(_ request: ServiceRequest, _ name: String, _ path: [String]) -> ServiceResponse {
    var formToken: String?
    do throws(ServiceProblem) {
      if let asset = try asset(request, path) { return asset }
      guard let connector = service.store.connector(name) else { throw .notFound }
      if path == ["sign-in"] { return try signIn(request, connector) }
      guard let visit = visit(request, connector) else {
        // a form is lost with the session that it belonged to
        return ServiceResponse(seeOther: connector.pagePath + "/sign-in", headers: service.policy.uncacheable)
      }
      formToken = visit.formToken
      return try visit.answer(path)
    } catch {
      let view = ProblemView(status: error.status, sentence: error.description.capitalizedFirst)
      let headers = error.headers.filter { $0.name == "Allow" }
      return show(
        .problem, status: error.status, "Error \(error.status)", name, view, formToken: formToken, headers: headers)
    }
  }

  func show(
    _ template: PageTemplate, status: Int = 200, _ title: String, _ connector: String, _ content: Any,
    formToken: String? = nil, headers: [HeaderField] = []
  ) -> ServiceResponse {
    let links = service.store.connectors.map {
      PageView.Link(name: $0.name, path: $0.pagePath, isHere: $0.name == connector)
    }
    // where there is no such connector, the assets are those of one that there is
    let base = links.first { $0.isHere }?.path ?? links.first?.path ?? ""
    let view = PageView(
      title: title, connector: connector, base: base, connectors: links, formToken: formToken, content: content)
    return template.answer(status, view, headers: service.policy.uncacheable + headers)
  }

  // MARK: Signing in

  private func signIn(_ request: ServiceRequest, _ connector: ConnectorDefinition) throws(ServiceProblem)
    -> ServiceResponse
  {
    try request.mustBe("GET", "POST")
    guard request.method == "POST" else {
      if visit(request, connector) != nil {
        return ServiceResponse(seeOther: connector.pagePath, headers: service.policy.uncacheable)
      }
      return show(.signIn, "Sign in", connector.name, SignInView(isWrong: false))
    }
    // the key is judged where the API's is
    guard service.mayManage(request.withBearer(try request.pageForm()["key"] ?? "")) else {
      return show(.signIn, status: 403, "Error: Sign in", connector.name, SignInView(isWrong: true))
    }
    return ServiceResponse(
      seeOther: connector.pagePath,
      headers: service.policy.uncacheable + [sessionCookie(service.sessions.begin(knowsKey: true))])
  }

  /// `nil` where nobody is signed in who may manage clients.
  private func visit(_ request: ServiceRequest, _ connector: ConnectorDefinition) -> PageVisit? {
    if let cookie = request.cookie(service.sessions.cookieName), let session = service.sessions.with(cookie, { $0 }) {
      guard service.policy.mayManage(session.knowsKey, request) else { return nil }
      return PageVisit(page: self, connector: connector, request: request, cookie: cookie, formToken: session.formToken)
    }
    // a service that lets everyone in has to know them apart all the same
    guard service.policy.mayManage(false, request) else { return nil }
    let cookie = service.sessions.begin(knowsKey: false)
    guard let session = service.sessions.with(cookie, { $0 }) else { return nil }
    return PageVisit(
      page: self, connector: connector, request: request, cookie: cookie, formToken: session.formToken, isNew: true)
  }

  func sessionCookie(_ value: String?) -> HeaderField {
    HeaderField(
      "Set-Cookie",
      "\(service.sessions.cookieName)=\(value ?? ""); Path=/connectors; HttpOnly; SameSite=Strict\(value == nil ? "; Max-Age=0" : "")"
    )
  }

  // MARK: Style and script

  private func asset(_ request: ServiceRequest, _ path: [String]) throws(ServiceProblem) -> ServiceResponse? {
    let asset: (type: String, bytes: [UInt8])
    switch path {
    case ["page.css"]: asset = ("text/css; charset=utf-8", PackageResources.page_css)
    case ["page.js"]: asset = ("text/javascript; charset=utf-8", PackageResources.page_js)
    default: return nil
    }
    try request.mustBe("GET")
    // Browsers keep the last pages alive for going back, also those that are not to be stored, and with them a secret that was
    // to be shown once. Chromium lets go of such a page when a cookie that scripts cannot see has changed under it.
    let change = HeaderField("Set-Cookie", "page=\(Secrets.make()); Path=/connectors; HttpOnly; SameSite=Strict")
    var answer = ServiceResponse(
      200,
      headers: [HeaderField("Content-Type", asset.type)] + PageTemplate.protection + service.policy.uncacheable + [
        change
      ])
    answer.body = asset.bytes
    return answer
  }
}

extension ConnectorDefinition {
  var pagePath: String { "/connectors/\(FormEncoding.encode(name))/authentication" }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() + "." }
}
