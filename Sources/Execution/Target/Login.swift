// The session of a target's management: made once for all cases, and again when it has ended.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import RunEvents

/// Why the login failed. The service under test is not judged by it.
struct LoginError: Error, CustomStringConvertible {
  var message: String
  var kind: Finding.Kind
  var place: Place
  /// What was answered; `nil` if nothing was.
  var exchange: Exchange?

  var description: String { message }

  /// Whether the next attempt would be refused as well.
  fileprivate var isRefusal: Bool { exchange.map { $0.response.status < 500 && $0.response.status != 429 } ?? false }
}

/// Logs in when a session is first needed. Cases that need it meanwhile wait for the same login. The lock protects the
/// session.
final class Login: Sendable {
  /// A session as requests use it.
  struct Session: Sendable {
    /// Counts the logins.
    var number: Int
    /// What the requests of the login located, for `${login.NAME}`.
    var values: JSON
    var jar: CookieJar
    /// The target's time at its start, if that is known.
    var began: SimulatedInstant?
    /// Whether a response did not refuse it.
    var hasWorked = false
  }

  private struct State {
    var session: Session?
    var attempt: Task<Session, any Error>?
    var count = 0
    /// The service refused a login: it is not tried again, since accounts are locked after some attempts.
    var refusal: LoginError?
  }

  let binding: Target.Login
  /// The time of the target's clock, as soon as a run has one.
  let now = Locked<(@Sendable () -> SimulatedInstant)?>(nil)
  private let templates: TemplateResolver
  private let patterns: PatternCache
  private let redactor: SecretRedactor
  private let rateLimiter: RateLimiter?
  private let stop: StopFlag
  private let transport: any Transport
  private let makeTransport: TransportFactory
  private let state = Locked(State())

  /// - Parameter makeTransport: Makes another transport once the run was stopped, since clients are deleted then.
  init(
    _ binding: Target.Login, templates: TemplateResolver, patterns: PatternCache, redactor: SecretRedactor,
    rateLimiter: RateLimiter?, stop: StopFlag, transport: any Transport, makeTransport: @escaping TransportFactory
  ) {
    self.binding = binding
    self.templates = templates
    self.patterns = patterns
    self.redactor = redactor
    self.rateLimiter = rateLimiter
    self.stop = stop
    self.transport = transport
    self.makeTransport = makeTransport
  }

  private var instant: SimulatedInstant? { now.withLock { $0 }?() }

  /// A session: that which is there, or a new one.
  ///
  /// - Parameter ended: One that a response has refused.
  /// - Throws: `LoginError`, or `TransportError` if the run was stopped.
  func session(after ended: Session? = nil) async throws -> Session {
    let instant = instant
    let (session, attempt): (Session?, Task<Session, any Error>?) = try state.withLock { state in
      if let session = state.session, session.number != ended?.number, !hasEnded(session, at: instant) {
        return (session, nil)
      }
      if let refusal = state.refusal { throw refusal }
      if let attempt = state.attempt { return (nil, attempt) }
      state.count += 1
      let number = state.count
      let attempt = Task { try await self.logIn(number) }
      state.attempt = attempt
      return (nil, attempt)
    }
    if let session { return session }
    guard let attempt else { throw TargetError("no login was tried") }
    return try await attempt.value
  }

  private func hasEnded(_ session: Session, at instant: SimulatedInstant?) -> Bool {
    guard let lifetime = binding.lifetime, let began = session.began, let instant else { return false }
    return instant - began >= lifetime
  }

  /// The request with the cookies of a session, as they are now.
  func authorised(_ request: WireRequest, by session: Session) -> WireRequest {
    let current = state.withLock { $0.session?.number == session.number ? $0.session : nil } ?? session
    var request = request
    current.jar.add(to: &request, at: instant)
    return request
  }

  /// Takes a response to a request with the session.
  ///
  /// - Returns: Whether a new session is worth a try: this one has worked before, and the response refuses it.
  func take(_ exchange: Exchange, of session: Session) -> Bool {
    let isRefused = isRefusal(exchange)
    let instant = instant
    let (kept, hasWorked): (CookieJar?, Bool) = state.withLock { state in
      guard state.session?.number == session.number else { return (nil, true) }
      if isRefused { return (nil, state.session?.hasWorked == true) }
      state.session?.hasWorked = true
      guard exchange.response.headers.first("Set-Cookie") != nil else { return (nil, true) }
      state.session?.jar.keep(exchange.response, from: exchange.request.url, at: instant)
      return (state.session?.jar, true)
    }
    if let kept { mask(kept) }
    return isRefused && hasWorked
  }

  private func isRefusal(_ exchange: Exchange) -> Bool {
    let response = exchange.response
    return binding.refusals.contains(response.status) || leadsToPage(exchange)
  }

  /// Whether a response is a redirect to the login page.
  func leadsToPage(_ exchange: Exchange) -> Bool {
    let response = exchange.response
    guard [301, 302, 303, 307, 308].contains(response.status), let location = response.headers.first("Location"),
      let page = binding.page.flatMap({ try? templates.url($0) })
    else { return false }
    let reached = URLReference.resolve(location, against: exchange.request.url)
    return reached.prefix { $0 != "?" } == page.prefix { $0 != "?" && $0 != "#" }
  }

  // MARK: - The requests of a login

  private func logIn(_ number: Int) async throws -> Session {
    do {
      let session = try await requestSession(number)
      state.withLock { state in
        state.session = session
        state.attempt = nil
      }
      return session
    } catch {
      state.withLock { state in
        state.attempt = nil
        if let error = error as? LoginError, error.isRefusal { state.refusal = error }
      }
      throw error
    }
  }

  private func requestSession(_ number: Int) async throws -> Session {
    // that of the run is shut down after a stop
    let spare = stop.isSet ? try makeTransport() : nil
    do {
      let session = try await requestSession(number, over: RequestSender(transport: spare ?? transport))
      await spare?.shutdown()
      return session
    } catch {
      await spare?.shutdown()
      throw error
    }
  }

  private func requestSession(_ number: Int, over sender: RequestSender) async throws -> Session {
    var session = Session(number: number, values: .object([]), jar: CookieJar(), began: instant)
    for template in binding.requests {
      var request = try templates.request(template, ["login": session.values])
      session.jar.add(to: &request, at: session.began)
      if !stop.isSet { try await rateLimiter?.waitForTurn() }
      let result = try await send(request, template, sender)
      session.jar.keep(result.exchange.response, from: request.url, at: session.began)
      mask(session.jar)
      session.values = .object((session.values.object ?? []) + (try locate(template, in: result)))
    }
    if session.jar.isEmpty, session.values.object?.isEmpty == true, let last = binding.requests.last {
      throw error("no response set a cookie, and 'answer' locates no value", last)
    }
    return session
  }

  private func send(
    _ request: WireRequest, _ template: Target.RequestTemplate, _ sender: RequestSender
  ) async throws -> StepResult {
    let exchange: Exchange
    do throws(TransportError) {
      exchange = try await sender.send(request)
    } catch {
      guard error.kind != .cancelled else { throw error }
      throw self.error("\(request.method) \(request.url): \(error.message)", template, Finding.Kind(error.kind))
    }
    let result = await StepResult.reading(exchange)
    let status = exchange.response.status
    guard template.statuses?.contains(status) ?? (200..<300).contains(status) else {
      throw error(
        "\(request.method) \(request.url): HTTP \(status)\(RedirectText.of(exchange.response))"
          + "; correct 'login' in the target file, or the credentials that it uses", template, exchange: exchange)
    }
    return result
  }

  private func locate(_ template: Target.RequestTemplate, in result: StepResult) throws -> [JSON.Member] {
    try template.answer.sorted { $0.key < $1.key }.map { name, locator in
      guard let text = try result.value(at: locator, patterns)?.scalarText, !text.isEmpty else {
        let request = result.exchange.request
        throw error(
          "\(request.method) \(request.url): HTTP \(result.exchange.response.status), and the response has no \(name) at "
            + "\(locator); correct 'login' in the target file, or the credentials that it uses", template,
          exchange: result.exchange)
      }
      // pages that belong to the session show it, too
      redactor.register(text, as: CaseScope.label(name), isLeak: false)
      return JSON.Member(name, .string(text))
    }
  }

  private func mask(_ jar: CookieJar) {
    for cookie in jar.values where !redactor.knows(cookie.value) {
      redactor.register(cookie.value, as: CaseScope.label(cookie.name), isLeak: false)
    }
  }

  private func error(
    _ reason: String, _ template: Target.RequestTemplate, _ kind: Finding.Kind = .internal, exchange: Exchange? = nil
  ) -> LoginError {
    LoginError(message: "could not log in: \(reason)", kind: kind, place: template.place, exchange: exchange)
  }
}

/// The requests of one operation, each with the session of the login; without a login, as they are.
struct SessionRequests: Sendable {
  /// The first one.
  let first: WireRequest
  private let login: Login?
  private let make: @Sendable ([String: JSON]) throws -> WireRequest
  /// `nil` without a login.
  private let session: Locked<Login.Session>?

  /// - Parameters:
  ///   - login: `nil` sends the requests without a session.
  ///   - make: Makes the first request with these values.
  init(_ login: Login?, _ make: @escaping @Sendable ([String: JSON]) throws -> WireRequest) async throws {
    self.login = login
    self.make = make
    let session = try await login?.session()
    self.session = session.map { Locked($0) }
    first = try make(session.map { ["login": $0.values] } ?? [:])
  }

  /// Sends a request, and once more with a new session if the response says that it has ended.
  func send(_ request: WireRequest, by send: Send) async throws -> StepResult {
    guard let login, let session else { return try await send(request) }
    let used = session.withLock { $0 }
    let result = try await send(login.authorised(request, by: used))
    guard login.take(result.exchange, of: used) else { return result }
    let next = try await login.session(after: used)
    session.withLock { $0 = next }
    var again = try make(["login": next.values])
    // a further page of a list has another URL
    if request.url != first.url { again.url = request.url }
    let second = try await send(login.authorised(again, by: next))
    _ = login.take(second.exchange, of: next)
    return second
  }
}

/// ` to /login; redirects are not followed`, after the status of a redirect; else empty.
enum RedirectText {
  static func of(_ response: WireResponse) -> String {
    guard [301, 302, 303, 307, 308].contains(response.status) else { return "" }
    let location = response.headers.first("Location").map { " to \(SafeText.oneLine($0, longest: 200))" }
    return "\(location ?? " without a Location"); redirects are not followed"
  }
}
