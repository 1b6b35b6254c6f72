// What a scenario requires of a target, derived from its steps.

import ConformanceModel
import HTTPModel
import JSONValue

struct RequiredCapabilities {
  struct Sample: Hashable {
    var name: String
    var roles: [ConnectorRole]
  }

  private(set) var capabilities: Set<Capability>
  private(set) var samples: Set<Sample> = []
  /// How many clients `given` creates on each connector: static credentials can replace them.
  private(set) var givenClients: [ConnectorRole: Int] = [:]
  /// The earliest instant of a `wait: { until: … }`.
  private(set) var earliestUntil: SimulatedInstant?
  /// The maximum wait inside `repeat` or `concurrently`, where a case cannot become pending.
  private(set) var maxNestedWait = SimulatedDuration(milliseconds: 0)
  private var depth = 0
  /// How often the current step runs.
  private var times = 1
  /// A step that creates a client depends on the response, which static credentials do not have.
  private var dependsOnCreation = false

  private let target: Target
  private let available: Set<Capability>
  private let cases: Cases

  /// - Parameters:
  ///   - target: Decides how long the waits are that depend on its lifetime of tokens.
  ///   - available: The capabilities of the target.
  init(_ scenario: Scenario, _ target: Target, _ available: Set<Capability>) {
    self.target = target
    self.available = available
    cases = scenario.cases
    capabilities = Set(scenario.needs)
    add(scenario.given)
    let inGiven = capabilities.contains(.createClient) && !scenario.needs.contains(.createClient)
    if inGiven, !dependsOnCreation { capabilities.remove(.createClient) }
    let counted = givenClients
    add(scenario.steps)
    add(scenario.finally)
    givenClients = counted
  }

  /// `given` creates clients.
  var preparesClients: Bool { !givenClients.isEmpty }

  private mutating func add(_ steps: [Step]) {
    for step in steps where step.when?.obstacle(at: target, available) == nil { add(step) }
  }

  private mutating func addNested(_ steps: [Step]) {
    depth += 1
    add(steps)
    depth -= 1
  }

  private mutating func add(_ step: Step) {
    if step.needsSecret { capabilities.insert(.clientSecret) }
    if let manager = step.manager {
      capabilities.formUnion([.managerKey, .httpClients])
      if cases.mayBe(manager, Stranger.otherConnector.rawValue) { capabilities.insert(.connectorManagers) }
    }
    if step.operation.kind.isClientManagement, step.evaluatesHTTP { capabilities.insert(.httpClients) }
    switch step.operation {
    case .createClient(_, let connector):
      capabilities.insert(.createClient)
      if step.dependsOnResponse { dependsOnCreation = true }
      givenClients[connector, default: 0] += times
      use(connector)
    case .listClients(let connector):
      capabilities.insert(.listClients)
      use(connector)
    case .showClient: capabilities.insert(.showClient)
    case .replaceClient: capabilities.insert(.replaceClient)
    case .deleteClient: capabilities.insert(.deleteClient)
    case .requestToken(let request):
      switch request.authentication {
      case .basic, .basicRaw: capabilities.insert(.basicAuthentication)
      case .body: capabilities.insert(.bodyAuthentication)
      case .clientSecretJWT: capabilities.insert(.clientSecretJWT)
      case .privateKeyJWT: capabilities.insert(.privateKeyJWT)
      case .tlsClientAuth: capabilities.insert(.tlsClientAuth)
      // a server that knows clients by certificates alone may end the handshake without one
      case .idOnly where target.token.authentications.contains(.tlsClientAuth): capabilities.insert(.clientSecret)
      default: break
      }
      if request.isAboutPost { capabilities.insert(.tokenByPost) }
      use(request.connector ?? .first)
    case .postPayload(let post):
      use(post.connector ?? .first)
      switch post.payload {
      case .sample(let name): samples.insert(Sample(name: name, roles: [post.connector ?? .first]))
      case .validOfSize, .validSpelled, .validMalformed:
        samples.insert(Sample(name: "valid", roles: [post.connector ?? .first]))
      case .json, .text, .hex, .chosenSample: break
      }
    case .showReceipt: capabilities.formUnion([.receipt, .receiptLookup])
    case .readInbox(let connector):
      capabilities.insert(.readInbox)
      if step.evaluatesHTTP { capabilities.insert(.httpInbox) }
      capabilities.formUnion(step.inboxDetails.map(\.capability))
      use(connector)
    case .wait(let wait):
      capabilities.insert(.moveClock)
      switch wait {
      case .expiry: if depth > 0 { maxNestedWait = max(maxNestedWait, WaitLength.lifetime.resolved(for: target)) }
      case .until(let instant, let later):
        let instant = instant + later.resolved(for: target)
        earliestUntil = min(earliestUntil ?? instant, instant)
      case .span(let length): if depth > 0 { maxNestedWait = max(maxNestedWait, length.resolved(for: target)) }
      }
    case .restartTarget: capabilities.insert(.restartTarget)
    case .http: break
    case .repeat(let count, let steps):
      let outer = times
      times *= count
      addNested(steps)
      times = outer
    case .concurrently(let branches):
      for branch in branches { addNested(branch) }
    }
  }

  private mutating func use(_ connector: ConnectorRole) {
    if let capability = connector.capability { capabilities.insert(capability) }
  }
}

extension Cases {
  /// Whether a value is this text in one of the cases.
  fileprivate func mayBe(_ template: Template, _ text: String) -> Bool {
    if template == .literal(.string(text)) { return true }
    guard case .reference(let reference) = template, reference.path.count == 1 else { return false }
    return values(of: reference.name).contains(.literal(.string(text)))
  }
}

extension TokenRequest {
  /// It modifies what only a POST request has: its method, its body, and a query that should be empty.
  fileprivate var isAboutPost: Bool {
    authentication == .query || paddedTo != nil || edits.method != nil || edits.body != nil || edits.chunked
      || !edits.query.isEmpty
      || edits.headers.contains { $0.name.lowercased().hasPrefix("content-") }
  }
}

extension StepActionKind {
  fileprivate var isClientManagement: Bool {
    switch self {
    case .createClient, .listClients, .showClient, .replaceClient, .deleteClient: true
    default: false
    }
  }
}

extension Expectation.Subject {
  /// Whether it only expects that the action succeeds.
  fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
  /// Whether it is about saved values alone.
  fileprivate var isSaved: Bool { if case .saved = self { true } else { false } }
}

extension Step {
  /// It uses more of the response than that the action succeeded and what is saved of a client.
  fileprivate var dependsOnResponse: Bool {
    !savings.isEmpty || !condition.allSatisfy(\.subject.isSaved) || !expectations.allSatisfy(\.subject.isSuccess)
  }

  /// It evaluates parts that only an HTTP response has.
  fileprivate var evaluatesHTTP: Bool {
    let isEvaluated = expectations.contains { expectation in
      switch expectation.subject {
      case .status, .header, .mediaType, .challenge, .error, .duration, .interim: true
      case .success, .saved, .noSecrets, .json, .xml, .text, .someText, .listed, .unlisted, .delivered, .received,
        .succeeded, .different, .equal:
        false
      }
    }
    return isEvaluated
      || savings.contains { saving in
        switch saving.source {
        case .status, .header: true
        case .json, .text: false
        }
      }
  }

  /// What the inbox has to show of payloads besides their bytes.
  fileprivate var inboxDetails: [Target.InboxDetail] {
    (expectations + condition).flatMap { expectation -> [Target.InboxDetail] in
      guard case .received(let payloads) = expectation.subject else { return [] }
      return payloads.flatMap(\.details).compactMap { Target.InboxDetail(rawValue: $0.name) }
    }
  }
}
