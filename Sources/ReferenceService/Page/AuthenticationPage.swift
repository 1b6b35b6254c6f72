// The authentication tab as a page: access to it, and which path shows what.

import ConformanceModel
import HTTPModel

/// Works without scripts; a script only adds buttons for copying. The response to a form is a 303, so that a reload
/// does not send the form again.
struct AuthenticationPage {
  let management: ClientManagement
  let sessions: Sessions
  let signInLimit: SignInLimit

  var store: Store { management.store }
  var policy: Policy { management.policy }

  /// - Parameter path: The path segments after `/connectors/NAME/authentication`.
  func respond(to request: ServiceRequest, _ name: String, _ path: [String]) -> ServiceResponse {
    var formToken: String?
    do throws(ServiceProblem) {
      if let asset = try asset(request, path) { return asset }
      guard let connector = store.connector(name) else { throw .notFound }
      if path == ["sign-in"] { return try signIn(request, connector) }
      guard let visit = visit(request, connector) else {
        // a form of an ended session is lost
        return ServiceResponse(seeOther: connector.pagePath + "/sign-in", headers: policy.uncacheable)
      }
      formToken = visit.formToken
      return try visit.respond(path)
    } catch {
      let content = ProblemContent(status: error.status, sentence: error.description.capitalizedFirst)
      let headers = error.headers.filter { $0.name == "Allow" }
      return show(
        "Error \(error.status)", status: error.status, name, content, formToken: formToken, headers: headers)
    }
  }

  func show(
    _ title: String, status: Int = 200, _ connector: String, _ content: any PageContent, formToken: String? = nil,
    headers: [HeaderField] = []
  ) -> ServiceResponse {
    let links = store.connectors.map {
      PageFrame.Link(name: $0.name, path: $0.pagePath, isHere: $0.name == connector)
    }
    // an unknown connector has the assets of the first one
    let base = links.first { $0.isHere }?.path ?? links.first?.path ?? ""
    let frame = PageFrame(title: title, connector: connector, base: base, connectors: links, formToken: formToken)
    return frame.response(status, content, headers: policy.uncacheable + headers)
  }

  // MARK: Signing in

  private func signIn(_ request: ServiceRequest, _ connector: ConnectorDefinition) throws(ServiceProblem)
    -> ServiceResponse
  {
    try request.mustBe("GET", "POST")
    guard request.method == "POST" else {
      if visit(request, connector) != nil {
        return ServiceResponse(seeOther: connector.pagePath, headers: policy.uncacheable)
      }
      return show("Sign in", connector.name, SignInContent(error: nil))
    }
    let key = try request.pageForm()["key"] ?? ""
    // the same check as for the API
    switch signInLimit.attempt({ management.isAllowed(request.withBearer(key)) }) {
    case .accepted:
      return ServiceResponse(
        seeOther: connector.pagePath,
        headers: policy.uncacheable + [sessionCookie(sessions.begin(hasKey: true))])
    case .wrong: return refuseSignIn(403, "This is not the manager key", connector)
    case .delayed(let seconds):
      return refuseSignIn(
        429, "There were too many wrong keys. Try again in \(seconds) s", connector,
        headers: [HeaderField("Retry-After", "\(seconds)")])
    }
  }

  private func refuseSignIn(
    _ status: Int, _ error: String, _ connector: ConnectorDefinition, headers: [HeaderField] = []
  ) -> ServiceResponse {
    show("Error: Sign in", status: status, connector.name, SignInContent(error: error), headers: headers)
  }

  /// `nil` if the request has no session that may manage clients.
  private func visit(_ request: ServiceRequest, _ connector: ConnectorDefinition) -> PageVisit? {
    if let cookie = request.cookie(sessions.cookieName), let session = sessions.with(cookie, { $0 }) {
      guard policy.mayManage(session.hasKey, request) else { return nil }
      return PageVisit(page: self, connector: connector, request: request, cookie: cookie, formToken: session.formToken)
    }
    // a service without access control needs sessions, too: they hold what forms have created
    guard policy.mayManage(false, request) else { return nil }
    let cookie = sessions.begin(hasKey: false)
    guard let session = sessions.with(cookie, { $0 }) else { return nil }
    return PageVisit(
      page: self, connector: connector, request: request, cookie: cookie, formToken: session.formToken, isNew: true)
  }

  func sessionCookie(_ value: String?) -> HeaderField {
    HeaderField(
      "Set-Cookie",
      "\(sessions.cookieName)=\(value ?? ""); Path=/connectors; HttpOnly; SameSite=Strict"
        + (value == nil ? "; Max-Age=0" : "")
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
    // Browsers keep recent pages in memory for going back, even with `no-store`, and with them a secret shown once.
    // Chromium discards such a page when an HttpOnly cookie has changed since.
    let change = HeaderField("Set-Cookie", "page=\(Secrets.make()); Path=/connectors; HttpOnly; SameSite=Strict")
    var response = ServiceResponse(
      200,
      headers: [HeaderField("Content-Type", asset.type)] + PageFrame.protection + policy.uncacheable + [
        change
      ])
    response.body = asset.bytes
    return response
  }
}

extension ConnectorDefinition {
  var pagePath: String { "/connectors/\(FormEncoding.encode(name))/authentication" }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() + "." }
}
