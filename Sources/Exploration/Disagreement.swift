// What an exploration finds.

public import ConformanceModel

/// How the service responded to a sequence.
public enum Outcome: Sendable, Hashable {
  case agrees
  /// The response to this operation, counted from 0, is not in the set of right ones; with the level `should`, not in
  /// that of recommended ones.
  case disagrees(operation: Int, text: String, level: Level = .must)
  /// The rest of the sequence does not apply, or could not be run.
  case notJudged(String)
}

/// Runs scenarios, each with clients of its own.
///
/// - Returns: The outcomes by the ids of the scenarios; one that is missing was not run.
public typealias TrialRunner = @Sendable ([Scenario]) async throws -> [String: Outcome]

/// A difference between the service and the model.
public struct Disagreement: Sendable, Hashable {
  /// The smallest sequence that shows it.
  public var operations: [ModelAction]
  /// What was expected and what the service did.
  public var text: String
  /// How many sequences of the run showed it.
  public var sequences: Int
  /// It did not repeat with other clients.
  public var isFlaky: Bool
  /// Whether the documents require or recommend what the service does not do.
  public var level = Level.must
  /// The other values of its one deviation with which the service disagrees in the same words.
  public var alike: [String] = []

  /// Whether a sequence that disagrees at its end has the one deviation of this one, with this or another value, or all
  /// its deviations.
  func explains(_ other: [ModelAction], _ otherText: String, _ otherLevel: Level) -> Bool {
    guard text == otherText, level == otherLevel, let own = operations.last, let last = other.last,
      own.kind == last.kind, !own.deviations.isEmpty
    else { return false }
    if own.deviations.count > 1 { return Set(last.deviations).isSuperset(of: own.deviations) }
    return last.deviations.contains { $0.dimension == own.deviations[0].dimension }
  }

  /// Adds what it explains.
  mutating func add(_ other: [ModelAction], sequences: Int) {
    self.sequences += sequences
    guard let own = operations.last?.deviations.first else { return }
    let values = (other.last?.deviations ?? []).filter { $0.dimension == own.dimension && $0 != own }.map(\.value)
    alike += values.filter { !alike.contains($0) }
  }

  /// How many of the other values are named.
  private static let maxNamed = 5

  private var alikeText: String {
    guard !alike.isEmpty else { return "" }
    let named = alike.prefix(Disagreement.maxNamed).joined(separator: "; ")
    let rest = alike.count - Disagreement.maxNamed
    return " (likewise: \(named)\(rest > 0 ? "; and \(rest) more" : ""))"
  }

  /// The disagreement in three lines of prose.
  public func lines(_ model: Model) -> [String] {
    let has = level == .must ? "has" : "ought"
    let expected =
      switch model.run(operations)?.last?.ruling.outcome {
      case .success?: "which \(has) to succeed"
      case .refusal?: "which \(has) to be refused"
      case .either?, nil: "whose response \(has) to be one of several"
      }
    return [
      (operations.preparation ?? "at the start") + ";",
      "then \(operations.last?.phrase ?? "nothing"), \(expected):", text + alikeText,
    ]
  }
}

extension Model {
  /// The scenario that shows a disagreement: it fails at the service that has it, and passes at a right one.
  public func scenario(of disagreement: Disagreement) -> Scenario? {
    guard let last = disagreement.operations.last, let ruling = run(disagreement.operations)?.last?.ruling else {
      return nil
    }
    let whole = disagreement.operations + twins(of: disagreement.operations)
    let what =
      switch ruling.outcome {
      case .success: "succeeds"
      case .refusal: "is refused"
      case .either: "gets a response that the documents allow"
      }
    let hash = FNV1a(disagreement.operations.shape).value
    let count = disagreement.operations.count - 1
    let before = disagreement.operations.preparation.map { ["After these steps: \($0); ", "After \(count) steps "] }
    let sentence = "the next one \(what): \(last.phrase)"
    let titles = ((before ?? []) + [""]).map { $0 + sentence }
    let title = titles.first { $0.count <= Model.maxTitle } ?? "\(sentence.prefix(Model.maxTitle - 1))…"
    return scenario(whole, id: "explore-" + String(hash, radix: 16), title: title)
  }

  /// The longest title that the files of scenarios can have.
  private static let maxTitle = 160

  /// Operations that succeed, for each kind that the sequence only shows refused: a request may be refused for another
  /// reason.
  func twins(of operations: [ModelAction]) -> [ModelAction] {
    guard let rulings = run(operations) else { return [] }
    var world = World(facts)
    var refused: [ModelAction] = []
    var succeeding: Set<String> = []
    for (operation, step) in zip(operations, rulings) {
      switch step.ruling.outcome {
      case .success: succeeding.insert(operation.verb)
      case .refusal: refused.append(operation)
      case .either: break
      }
      apply(operation, step.ruling, to: &world)
    }
    var twins: [ModelAction] = []
    func add(_ operation: ModelAction) {
      guard let ruling = rule(operation, in: world), ruling.outcome == .success else { return }
      twins.append(operation)
      succeeding.insert(operation.verb)
      apply(operation, ruling, to: &world)
    }
    func client() -> String {
      if let client = world.clients(.alive, at: .first).first { return client }
      add(.create(CreateCall(name: "other-client")))
      return "other-client"
    }
    for operation in refused where !succeeding.contains(operation.verb) {
      switch operation {
      case .create: add(.create(CreateCall(name: "other-client")))
      case .token: add(.token(TokenCall(client: client(), name: "other-token")))
      case .post:
        let owner = client()
        var token = world.tokenNames.first {
          world.tokens[$0].map { $0.connector == .first && world.validity(of: $0) == .valid } ?? false
        }
        if token == nil {
          add(.token(TokenCall(client: owner, name: "other-token")))
          token = "other-token"
        }
        add(.post(PostCall(name: "other-payload", token: token ?? "", client: owner, size: 2999)))
      case .manage(let call):
        let replacement = call.action == .replace ? "other-set" : nil
        add(.manage(ManageCall(client: client(), replacement: replacement, action: call.action)))
      case .list: add(.list(.first, .manager))
      case .tokenState, .inbox, .metadata, .wait: break
      }
    }
    return twins
  }
}

extension ModelAction {
  /// The operation of scenarios that it is.
  fileprivate var verb: String {
    if case .manage(let call) = self { return call.action.rawValue }
    return kind.rawValue
  }
}
