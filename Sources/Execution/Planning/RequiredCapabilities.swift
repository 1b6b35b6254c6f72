// What a scenario needs of a target, as its steps show.

import ConformanceModel
import HTTPModel

struct RequiredCapabilities {
  struct Sample: Hashable {
    var name: String
    var roles: [ConnectorRole]
  }

  private(set) var capabilities: Set<Capability>
  private(set) var samples: Set<Sample> = []
  private(set) var connectors: ConnectorRole = .first
  /// How many clients `given` asks for on each connector: given credentials can stand in for these.
  private(set) var givenClients: [ConnectorRole: Int] = [:]
  /// The earliest instant that is waited for by name.
  private(set) var earliestUntil: SimulatedInstant?
  /// The longest wait inside `repeat` or `concurrently`, in the middle of which no case can be put aside.
  private(set) var maxNestedWait = SimulatedDuration(milliseconds: 0)
  private var depth = 0

  init(_ scenario: Scenario) {
    capabilities = Set(scenario.needs)
    add(scenario.given)
    let inGiven = capabilities.contains(.createClient) && !scenario.needs.contains(.createClient)
    if inGiven { capabilities.remove(.createClient) }
    let counted = givenClients
    add(scenario.steps)
    givenClients = counted
  }

  /// `given` creates clients, and nothing else asks that they can be created.
  var preparesClients: Bool { !givenClients.isEmpty }

  private mutating func add(_ steps: [Step]) {
    for step in steps { add(step) }
  }

  private mutating func addNested(_ steps: [Step]) {
    depth += 1
    add(steps)
    depth -= 1
  }

  private mutating func add(_ step: Step) {
    if step.manager != nil { capabilities.formUnion([.managerKey, .httpClients]) }
    if step.operation.kind.isClientManagement, step.judgesHTTP { capabilities.insert(.httpClients) }
    switch step.operation {
    case .createClient(_, let connector):
      capabilities.insert(.createClient)
      givenClients[connector, default: 0] += 1
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
      default: break
      }
      if request.isAboutPost { capabilities.insert(.tokenByPost) }
      use(request.connector ?? .first)
    case .postPayload(let post):
      use(post.connector ?? .first)
      switch post.payload {
      case .sample(let name): samples.insert(Sample(name: name, roles: [post.connector ?? .first]))
      case .validOfSize: samples.insert(Sample(name: "valid", roles: [post.connector ?? .first]))
      case .json, .text, .hex: break
      }
    case .readInbox(let connector):
      capabilities.insert(.readInbox)
      use(connector)
    case .wait(let wait):
      capabilities.insert(.moveClock)
      switch wait {
      case .expiry: if depth > 0 { maxNestedWait = max(maxNestedWait, SimulatedDuration(milliseconds: 86_400_000)) }
      case .until(let instant): earliestUntil = min(earliestUntil ?? instant, instant)
      case .span(let span): if depth > 0 { maxNestedWait = max(maxNestedWait, span) }
      }
    case .http: break
    case .repeat(_, let steps): addNested(steps)
    case .concurrently(let branches):
      for branch in branches { addNested(branch) }
    }
  }

  private mutating func use(_ connector: ConnectorRole) {
    guard connector == .second else { return }
    connectors = .second
    capabilities.insert(.secondConnector)
  }
}

extension TokenRequest {
  /// It deviates in what only a request by POST has: its method, its body, and a query that ought to be empty.
  fileprivate var isAboutPost: Bool {
    authentication == .query || edits.method != nil || edits.body != nil || edits.chunked || !edits.query.isEmpty
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

extension Step {
  /// It looks at what only an answer of HTTP has.
  fileprivate var judgesHTTP: Bool {
    let isJudged = expectations.contains { expectation in
      switch expectation.subject {
      case .status, .header, .challenge, .error, .duration, .interim: true
      case .success, .saved, .noSecrets, .json, .xml, .text, .listed, .unlisted, .delivered: false
      }
    }
    return isJudged
      || savings.contains { saving in
        switch saving.source {
        case .status, .header: true
        case .json, .text: false
        }
      }
  }
}
