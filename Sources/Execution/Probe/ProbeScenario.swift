// What the probe sends: each part of the target file once.

import ConformanceModel
import JSONValue
import RunEvents

/// The scenario of the probe. It expects only what every service does: the rest is the matter of the pack.
struct ProbeScenario {
  struct Part {
    var link: ProbeLink
    /// The links without which the step cannot run.
    var requires: Set<ProbeLink>
    var step: Step
    /// It looks once more at a link whose step succeeded.
    var isCheck = false
  }

  static let id = "probe"
  /// The name under which the client of the first connector is saved.
  static let client = "client"
  /// The name under which the state of the token is saved.
  static let introspection = "introspection"

  let parts: [Part]
  let place: Place

  init(_ target: Target) {
    place = target.place
    var parts: [Part] = []
    for role in ConnectorRole.allCases where target.connector(role) != nil {
      parts += ProbeScenario.parts(role, target)
    }
    self.parts = parts
  }

  /// The connectors share everything but their inbound URLs and payloads.
  static func isShared(_ part: ProbeLink.Part) -> Bool { ![.inbound, .payload].contains(part) }

  /// As a case of the plan.
  func makeCase(number: Int) -> Plan.Case {
    let title = "The target file fits the target"
    let scenario = Scenario(
      id: ProbeScenario.id, suite: PlannedCase.probeSuite, place: place, title: title, steps: parts.map(\.step))
    let planned = PlannedCase(
      number: number, id: scenario.id, scenario: scenario.id, suite: scenario.suite, title: title, row: nil, covers: [],
      tags: [], file: place.file, line: place.line)
    let entry = Plan.Entry(
      scenario: scenario, movesClock: false, maxNestedWait: SimulatedDuration(milliseconds: 0),
      script: CaseScript(scenario))
    return Plan.Case(number: number, entry: entry, planned: planned)
  }

  private static func parts(_ role: ConnectorRole, _ target: Target) -> [Part] {
    let isLive = target.environment == .live
    let operations = target.clients?.operations ?? []
    var isGiven = false
    if case .static(let given) = target.clients {
      isGiven = given.contains { $0.connector == role }
      guard isGiven else { return [] }
    } else {
      // a live target must be left as it was
      guard operations.contains(.create), !isLive || operations.contains(.delete) else { return [] }
    }
    let suffix = role == .first ? "" : "-\(role.rawValue)"
    let client = "\(ProbeScenario.client)\(suffix)", token = "token\(suffix)", payload = "payload\(suffix)"
    func link(_ part: ProbeLink.Part) -> ProbeLink { ProbeLink(part: part, connector: role) }
    var parts: [Part] = []
    func add(
      _ part: ProbeLink.Part, after requires: Set<ProbeLink.Part> = [], _ operation: StepAction, as name: String? = nil,
      _ subjects: [Expectation.Subject] = []
    ) {
      let place = target.place(of: link(part))
      var step = Step(place: place, operation: operation, savedAs: name)
      step.expectations = ([.success(operation.kind)] + subjects).map { Expectation($0, place: place) }
      parts.append(Part(link: link(part), requires: Set(requires.map(link)), step: step))
    }
    func addCheck(
      _ part: ProbeLink.Part, after requires: Set<ProbeLink.Part>, _ operation: StepAction, as name: String? = nil,
      _ subjects: [Expectation.Subject]
    ) {
      // one connector shows it
      guard role == .first else { return }
      let place = target.place(of: link(part))
      var step = Step(place: place, operation: operation, savedAs: name)
      step.expectations = subjects.map { Expectation($0, place: place) }
      parts.append(Part(link: link(part), requires: Set(requires.map(link)), step: step, isCheck: true))
    }
    add(.create, .createClient(name: nil, connector: role), as: client)
    if operations.contains(.list) {
      add(.list, after: [.create], .listClients(connector: role), [.listed([client])])
    }
    if !isLive, target.mayLocateFirstClient {
      let other = "other-\(client)"
      addCheck(
        .create, after: [.create], .createClient(name: nil, connector: role), as: other, [.success(.createClient)])
      if operations.contains(.list) {
        addCheck(.list, after: [.create, .list], .listClients(connector: role), [.listed([client, other])])
      }
    }
    if operations.contains(.show) { add(.show, after: [.create], .showClient(client: client)) }
    /// The client that is there after its secret was replaced.
    var remaining = client
    var request = TokenRequest(client: client)
    if role != .first { request.connector = role }
    // what is saved includes the lifetime, if the file says where it is
    let hasLifetime = target.token.expiresIn != Target.TokenBinding.registeredExpiresIn
    add(
      .token, after: [.create], .requestToken(request), as: token, hasLifetime ? [.saved(.type(.object))] : [])
    func addEndpoint(
      _ part: ProbeLink.Part, after requires: Set<ProbeLink.Part>, _ request: FreeRequest?,
      status: [JSON] = [200], _ body: Expectation.Subject, savings: [Saving] = []
    ) {
      guard role == .first, let endpoint = part.endpoint, target.endpoints[endpoint] != nil, let request else { return }
      let place = target.place(of: link(part))
      var step = Step(place: place, operation: .http(request), savings: savings)
      let statuses = status.map { Matcher.equals(.literal($0)) }
      let matcher = statuses.count == 1 ? statuses[0] : Matcher.oneOf(statuses)
      step.expectations = [.status(matcher), body].map { Expectation($0, place: place) }
      parts.append(Part(link: link(part), requires: Set(requires.map(link)), step: step))
    }
    let connector = target.connector(role)
    if !isLive, connector?.payloads.contains(where: { $0.name == "valid" }) == true {
      var post = PayloadPost(token: token)
      if role != .first { post.connector = role }
      add(.payload, after: [.create, .token], .postPayload(post), as: payload)
      if target.inbox != nil {
        let delivery = Expectation.Delivery(payload: payload, times: .atLeast(.literal(1)))
        add(.inbox, after: [.create, .token, .payload], .readInbox(connector: role), [.delivered([delivery])])
        if target.inbox?.read?.answer["payloads"]?.choosesItem == true, let sample = connector?.otherSample {
          let other = "other-\(payload)"
          post.payload = .sample(sample)
          addCheck(
            .payload, after: [.create, .token, .payload], .postPayload(post), as: other, [.success(.postPayload)])
          let deliveries = [payload, other].map { Expectation.Delivery(payload: $0, times: .atLeast(.literal(1))) }
          addCheck(
            .inbox, after: [.create, .token, .payload, .inbox], .readInbox(connector: role), [.delivered(deliveries)])
        }
      }
    }
    // by an assertion nothing is tried there: the audience may be another one
    let authentication = (target.token.authentications.first ?? .basic).withSecretItself
    // last, since a wrong URL may revoke the token
    addEndpoint(
      .introspection, after: [.create, .token],
      .about(token, at: "introspection-url", by: client, authentication),
      .json(.object([.init("active", .not(.equals(.literal(false))))])),
      savings: [Saving(name: introspection, source: .text, place: target.place)])
    // other users of a given client may have its token as well
    if !isGiven {
      // a server need not revoke access tokens (RFC 7009 sections 2 and 2.2.1)
      let isUnsupported = Matcher.contains(.equals(.literal("unsupported_token_type")))
      let isDone = Matcher.not(.contains(.equals(.literal("\"error\""))))
      addEndpoint(
        .revocation, after: [.create, .token], .about(token, at: "revocation-url", by: client, authentication),
        status: [200, 400], .text(.oneOf([isUnsupported, isDone])))
    }
    if !isLive, operations.contains(.replace) {
      add(.replace, after: [.create], .replaceClient(client: client), as: "new-\(client)")
      let old = request
      request.client = "new-\(client)"
      add(.newSet, after: [.create, .token, .replace], .requestToken(request), as: "new-\(token)")
      let stays = target.value(of: .lostSecret) == "old-set-stays"
      addCheck(
        .lostSecret, after: [.create, .token, .replace, .newSet], .requestToken(old),
        [stays ? .success(.requestToken) : .status(.not(.equals(.literal(200))))])
      // the old set may be gone with its secret
      if stays { request = old } else { remaining = "new-\(client)" }
    }
    let isNew = remaining != client
    var metadata = FreeRequest(url: .reference(Reference(path: ["metadata-url"])))
    metadata.alternatives = [.reference(Reference(path: ["openid-metadata-url"]))]
    let tokenEndpoint = Matcher.oneOf([.absent(true), .equals(.reference(Reference(path: ["token-url"])))])
    addEndpoint(.metadata, after: [], metadata, .json(.object([.init("token_endpoint", tokenEndpoint)])))
    if !isGiven, operations.contains(.delete) {
      add(.delete, after: isNew ? [.create, .replace] : [.create], .deleteClient(client: remaining))
      // a status that means success does not show that it was this client
      if operations.contains(.list) {
        addCheck(.delete, after: [.create, .list, .delete], .listClients(connector: role), [.unlisted([remaining])])
      }
      addCheck(
        .delete, after: isNew ? [.create, .newSet, .delete] : [.create, .token, .delete], .requestToken(request),
        [.status(.not(.equals(.literal(200))))])
    }
    return parts
  }
}

extension FreeRequest {
  /// Queries the state of a token (RFC 7662 section 2.1), or revokes it (RFC 7009 section 2.1).
  fileprivate static func about(
    _ token: String, at url: String, by client: String, _ authentication: ClientAuthentication?
  ) -> FreeRequest? {
    guard let authentication else { return nil }
    var request = FreeRequest(url: .reference(Reference(path: [url])))
    request.method = "POST"
    var form = [Template.Member("token", .reference(Reference(path: [token, "value"])))]
    if authentication == .body {
      form.append(.init("client_id", .reference(Reference(path: [client, "id"]))))
      form.append(.init("client_secret", .reference(Reference(path: [client, "secret"]))))
    } else {
      let basic = Reference(path: [client, "basic"])
      request.edits.headers = [.init("Authorization", .text([.literal("Basic "), .reference(basic)]))]
    }
    request.form = form
    return request
  }
}

extension ClientAuthentication {
  /// The way itself, if it sends the secret.
  fileprivate var withSecretItself: ClientAuthentication? { isAssertion ? nil : self }
}

extension Target {
  /// Whether tokens show by their time that the clock moves: those of given clients may be older than the run.
  var hasMovableClock: Bool {
    if case .static = clients { return false }
    return movesClock
  }

  var movesClock: Bool { clock != nil && clock != .wall }

  /// Where the file describes a link.
  func place(of link: ProbeLink) -> Place {
    switch link.part {
    case .create, .list, .show, .replace, .delete:
      guard case .http(let http) = clients, let operation = link.part.operation,
        let request = http.requests[operation]
      else { return place }
      return request.place
    case .newSet, .lostSecret: return self.place(of: ProbeLink(part: .replace))
    case .inbox: return inbox?.place ?? place
    case .token, .introspection, .revocation, .metadata, .inbound, .payload, .lifetime: return place
    }
  }
}

extension ProbeLink.Part {
  var operation: ClientManagement? {
    switch self {
    case .create: .create
    case .list: .list
    case .show: .show
    case .replace: .replace
    case .delete: .delete
    case .token, .newSet, .lostSecret, .introspection, .revocation, .metadata, .inbound, .payload, .inbox, .lifetime:
      nil
    }
  }
}
