// A model, a world with clients and tokens, and short ways to rule on calls in it.

import ConformanceModel

@testable import Exploration

/// Two connectors, a client on each and another on the first, and a token of each.
struct Sample {
  var model: Model
  var world: World

  /// The behaviours that the reference service declares.
  static var facts: Facts {
    var facts = Facts()
    facts.foreignToken = [401]
    facts.malformed = [400]
    facts.tokenInHeaderAndQuery = "refused"
    facts.namelessClient = "refused"
    facts.refusesReplays = true
    let samples: Set = [
      "valid", "unicode", "valid-with-charset", "wrong-entity", "wrong-type", "missing-member", "further-members",
    ]
    facts.acceptsJSON = [.first, .second]
    facts.samples = [.first: samples, .second: samples]
    return facts
  }

  init(_ change: (inout Facts) -> Void = { _ in }) {
    var facts = Sample.facts
    change(&facts)
    model = Model(facts)
    world = World(facts)
    apply(
      .create(CreateCall(name: "erp")), .create(CreateCall(name: "shop")),
      .create(CreateCall(name: "depot", connector: .second)), .token(TokenCall(client: "erp", name: "token")),
      .token(TokenCall(client: "shop", name: "shop-token")), .token(TokenCall(client: "depot", name: "depot-token")))
  }

  mutating func apply(_ operations: ModelAction...) {
    for operation in operations {
      if let ruling = model.rule(operation, in: world) { model.apply(operation, ruling, to: &world) }
    }
  }

  func after(_ operations: ModelAction...) -> Sample {
    var sample = self
    for operation in operations { sample.apply(operation) }
    return sample
  }

  func token(_ client: String = "erp", _ change: (inout TokenCall) -> Void = { _ in }) -> String {
    var call = TokenCall(client: client, name: "new", other: "shop", token: "token")
    change(&call)
    return text(.token(call))
  }

  func post(
    _ token: String = "token", at connector: ConnectorRole = .first, _ change: (inout PostCall) -> Void = { _ in }
  ) -> String {
    var call = PostCall(name: "order", token: token, client: "erp", connector: connector, size: 2000)
    change(&call)
    return text(.post(call))
  }

  func manage(_ client: String, _ action: ManageCall.Action, by manager: Manager = .manager) -> String {
    text(.manage(call(client, action, by: manager)))
  }

  func call(_ client: String, _ action: ManageCall.Action, by manager: Manager = .manager) -> ManageCall {
    ManageCall(client: client, replacement: "new-\(client)", action: action, manager: manager)
  }

  func create(_ change: (inout CreateCall) -> Void) -> String {
    var call = CreateCall(name: "new", other: "erp")
    change(&call)
    return text(.create(call))
  }

  func state(_ change: (inout TokenStateCall) -> Void = { _ in }) -> String {
    var call = TokenStateCall(token: "token", other: "shop")
    change(&call)
    return text(.tokenState(call))
  }

  /// The ruling as a text: `success`, `refusal 401`, `either 4xx`, or `senseless`.
  func text(_ operation: ModelAction) -> String {
    guard let ruling = model.rule(operation, in: world) else { return "senseless" }
    let refusals = ruling.refusals.sorted().map { refusal in
      switch refusal {
      case .error(let code): code
      case .status(let status): "\(status)"
      case .clientError: "4xx"
      case .redirection: "3xx"
      }
    }
    return (["\(ruling.outcome)"] + refusals).joined(separator: " ")
  }
}
