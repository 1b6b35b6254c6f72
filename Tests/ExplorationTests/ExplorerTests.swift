import ConformanceModel
import Testing

@testable import Exploration

@Suite("Sequences and their shrinking") struct ExplorerTests {
  private let model = Model(Sample.facts)

  private func plan(_ runs: Int = 60) -> ExplorationPlan {
    var plan = ExplorationPlan()
    plan.runs = runs
    return plan
  }

  private func sequences(_ runs: Int = 60, seed: UInt64 = 1, model: Model? = nil) -> [[ModelAction]] {
    var plan = plan(runs)
    plan.seed = seed
    return Explorer(model ?? self.model, plan) { _ in [:] }.sequences
  }

  /// A service of which this fails.
  private func explore(
    _ runs: Int = 60, model: Model? = nil, failing: @escaping @Sendable (Step) -> Bool
  ) async throws -> ExplorationResult {
    try await Explorer(model ?? self.model, plan(runs)) { scenarios in
      var outcomes: [String: Outcome] = [:]
      for scenario in scenarios {
        let index = scenario.steps.firstIndex(where: failing)
        outcomes[scenario.id] = index.map { .disagrees(operation: $0, text: "wrong") } ?? .agrees
      }
      return outcomes
    }.explore()
  }

  @Test("the same seed makes the same sequences, and another one others")
  func seeds() {
    #expect(sequences() == sequences())
    #expect(sequences() != sequences(seed: 2))
  }

  @Test("every sequence makes sense to the model, and has about the number of steps that was asked for")
  func sequences() {
    for sequence in sequences(200) {
      #expect(model.run(sequence) != nil)
      #expect((10...21).contains(sequence.count))
    }
  }

  @Test("what must be refused is tried soon beside each way in which a right request is made")
  func refusals() {
    let ways: [TokenCall.Way] = [.basic, .body]
    let secrets: [TokenCall.Secret] = [.ofOther, .otherCase, .prefix, .longer, .trailingBlank, .empty]
    let codings: [PostCall.Coding] = [.length, .chunked]
    let payloads: [PostCall.Kind] = [.wrongEntity, .missingMember, .notANumber, .empty]
    var requests: Set<[String]> = []
    var posts: Set<[String]> = []
    func missing(_ firsts: [String], _ seconds: [String], in tried: Set<[String]>) -> [[String]] {
      firsts.flatMap { first in seconds.map { [first, $0] } }.filter { !tried.contains($0) }
    }
    for operation in sequences(400).joined() {
      switch operation {
      case .token(let call): requests.insert([call.way.rawValue, call.secret.rawValue])
      case .post(let call): posts.insert([call.coding.rawValue, call.payload.rawValue])
      default: break
      }
    }
    #expect(missing(ways.map(\.rawValue), secrets.map(\.rawValue), in: requests).isEmpty)
    #expect(missing(codings.map(\.rawValue), payloads.map(\.rawValue), in: posts).isEmpty)
  }

  @Test("tokens of each way of authentication end with their client, their set, a revocation and their time")
  func ends() {
    let ways: [TokenCall.Way] = [.basic, .body, .secretAssertion]
    var facts = Sample.facts
    facts.tokensEndWithTheirSet = true
    let model = Model(facts)
    var ended: [TokenCall.Way: Set<String>] = [:]
    for sequence in sequences(600, model: model) {
      var requests: [String: TokenCall] = [:]
      var ends: [String: String] = [:]
      for (operation, step) in zip(sequence, model.run(sequence) ?? []) {
        switch operation {
        case .token(let call): requests[call.name] = call
        case .manage(let call) where call.manager == .manager && call.action != .show:
          for token in requests.values where token.client == call.client { ends[token.name] = call.action.rawValue }
        case .tokenState(let call) where call.endpoint == .revocation && call.caller == .owner:
          ends[call.token] = "revoke"
        case .post(let call):
          guard let request = requests[call.token], let token = step.before.tokens[call.token],
            call.credential == .token, step.before.validity(of: token) == .invalid
          else { continue }
          ended[request.way, default: []].insert(token.hasEnded ? ends[call.token] ?? "?" : "expire")
        default: break
        }
      }
    }
    for way in ways { #expect(ended[way] == ["delete", "replace", "revoke", "expire"], "\(way)") }
  }

  @Test("when all values were tried, they are tried again, also of a call with one dimension")
  func again() {
    let parts = sequences(400).joined().compactMap { if case .metadata(let call) = $0 { call.part } else { nil } }
    for part in MetadataCall.Part.allCases { #expect(parts.count { $0 == part } > 2, "\(part)") }
  }

  @Test("a service that agrees has no disagreement")
  func agreement() async throws {
    let result = try await explore { _ in false }
    #expect(result.disagreements.isEmpty)
    #expect(result.sequences == 60)
    #expect(result.operations == sequences().reduce(0) { $0 + $1.count })
  }

  @Test("a disagreement is shrunk to what it needs")
  func shrinking() async throws {
    let result = try await explore { step in
      guard case .requestToken(let request) = step.operation else { return false }
      return request.parameters.contains { $0.name == "scope" }
    }
    #expect(!result.disagreements.isEmpty)
    for disagreement in result.disagreements {
      // the client may be one that replaces another
      let kinds = disagreement.operations.map(\.kind)
      #expect([[.create, .token], [.create, .manage, .token]].contains(kinds))
      #expect(disagreement.operations.last?.deviations.count == 1)
      #expect(!disagreement.isFlaky)
    }
    // those that shrink to the same sequence are one
    #expect(result.disagreements.count == Set(result.disagreements.map(\.operations.shape)).count)
    #expect(result.disagreements.count <= 4)
  }

  @Test("of a service that is slow, few operations are asked to make a disagreement small")
  func essentials() async throws {
    let operations = Locked(0)
    let result = try await Explorer(model, plan(400)) { scenarios in
      operations.withLock { count in count += scenarios.reduce(0) { $0 + $1.steps.count } }
      return Dictionary(
        uniqueKeysWithValues: scenarios.map { scenario in
          let index = scenario.steps.firstIndex { step in
            guard case .postPayload(let post) = step.operation else { return false }
            return post.edits.chunked && post.payload == .sample("wrong-entity")
          }
          return (scenario.id, index.map { .disagrees(operation: $0, text: "wrong") } ?? .agrees)
        })
    }.explore()
    let found = try #require(result.disagreements.first)
    #expect(result.disagreements.count == 1 && result.omitted == 0)
    #expect(found.operations.map(\.kind) == [.create, .token, .post])
    #expect(found.operations.last?.deviations.map(\.value) == ["wrong-entity", "chunked"])
    let whole = sequences(400).reduce(0) { $0 + $1.count }
    #expect(operations.withLock { $0 } - whole < 500)
  }

  @Test("values with which a service disagrees in the same words are one disagreement")
  func alike() async throws {
    let result = try await explore(200) { step in
      guard case .requestToken(let request) = step.operation else { return false }
      return request.secret != nil && request.authentication != .basicRaw
    }
    let found = try #require(result.disagreements.first)
    #expect(result.disagreements.count == 1)
    #expect(found.alike.count > 5 && Set(found.alike).count == found.alike.count)
    #expect(found.lines(model)[2].contains("(likewise: "))
    #expect(result.omitted == 0)
  }

  @Test("a disagreement that does not repeat is reported as flaky")
  func flaky() async throws {
    let seen = Locked(false)
    let result = try await Explorer(model, plan(5)) { scenarios in
      let isFirst = seen.withLock { seen in
        defer { seen = true }
        return !seen
      }
      return Dictionary(
        uniqueKeysWithValues: scenarios.map {
          ($0.id, isFirst && $0.id == "sequence-1" ? .disagrees(operation: 3, text: "once") : .agrees)
        })
    }.explore()
    #expect(result.disagreements.map(\.isFlaky) == [true])
  }

  @Test("what fails only while other sequences run does not count as smaller")
  func interference() async throws {
    // a deleted client takes all others with it, those of other sequences as well
    let result = try await Explorer(model, plan(40)) { scenarios in
      let deletes = scenarios.contains { scenario in
        scenario.steps.contains { if case .deleteClient = $0.operation { $0.manager == nil } else { false } }
      }
      return Dictionary(
        uniqueKeysWithValues: scenarios.map { scenario in
          let index = scenario.steps.lastIndex { if case .requestToken = $0.operation { true } else { false } }
          return (scenario.id, deletes ? index.map { .disagrees(operation: $0, text: "gone") } ?? .agrees : .agrees)
        })
    }.explore()
    for disagreement in result.disagreements where !disagreement.isFlaky {
      #expect(disagreement.operations.contains { $0.phrase.contains("is deleted") })
    }
    #expect(result.disagreements.contains { !$0.isFlaky })
  }

  @Test("what is only recommended is reported as that, after what is required, and does not end a sequence")
  func recommendations() async throws {
    let result = try await Explorer(model, plan(20)) { scenarios in
      var outcomes: [String: Outcome] = [:]
      for scenario in scenarios {
        let token = scenario.steps.firstIndex { if case .requestToken = $0.operation { true } else { false } }
        let deletion = scenario.steps.firstIndex { if case .deleteClient = $0.operation { true } else { false } }
        if let deletion {
          outcomes[scenario.id] = .disagrees(operation: deletion, text: "wrong")
        } else {
          outcomes[scenario.id] = token.map { .disagrees(operation: $0, text: "odd", level: .should) } ?? .agrees
        }
      }
      return outcomes
    }.explore()
    #expect(result.disagreements.first?.level == .must)
    #expect(result.disagreements.first?.lines(model)[1].contains("has to") == true)
    let odd = try #require(result.disagreements.first { $0.level == .should })
    #expect(odd.lines(model)[1].contains("ought to"))
    let whole = try await Explorer(model, plan(20)) { scenarios in
      Dictionary(
        uniqueKeysWithValues: scenarios.map { ($0.id, Outcome.disagrees(operation: 0, text: "odd", level: .should)) })
    }.explore()
    #expect(whole.operations == sequences(20).reduce(0) { $0 + $1.count })
  }

  @Test("an exploration of an area has its operations alone, after those that they need")
  func areas() {
    func kinds(_ areas: Set<ExplorationArea>) -> Set<ModelAction.Kind> {
      var plan = plan(80)
      plan.areas = areas
      return Set(Explorer(model, plan) { _ in [:] }.sequences.flatMap { $0.map(\.kind) })
    }
    #expect(kinds(Set(ExplorationArea.allCases)) == Set(ModelAction.Kind.allCases))
    #expect(kinds([.payload]).isDisjoint(with: [.manage, .tokenState, .metadata, .wait]))
    #expect(kinds([.clients]).isSuperset(of: [.manage, .create, .list]))
    #expect(kinds([.clients]).isDisjoint(with: [.wait, .metadata, .tokenState]))
    #expect(kinds([.expiry]).isSuperset(of: [.wait, .tokenState, .post]))
    #expect(kinds([.token]).isSuperset(of: [.token, .metadata, .tokenState]))
  }

  @Test("each value of each dimension is tried alone before pairs are, unless no world fits")
  func singles() {
    var coverage = Coverage(model.facts)
    for sequence in sequences(200) { coverage.add(sequence, first: sequence.count, model: model) }
    // an assertion varies only together with the way of client authentication
    let missing = coverage.lines.filter { $0.dimension != "assertion" }
      .flatMap { line in line.missing.map { "\(line.kind.rawValue): \(line.dimension): \($0)" } }
    #expect(missing == [])
  }

  @Test("a sequence that cannot be judged is no disagreement")
  func notJudged() async throws {
    let result = try await Explorer(model, plan(5)) { scenarios in
      Dictionary(uniqueKeysWithValues: scenarios.map { ($0.id, .notJudged("no clock")) })
    }.explore()
    #expect(result.disagreements.isEmpty)
    #expect(result.notJudged == ["no clock": 5])
    #expect(result.operations == 0)
  }

  @Test("the coverage names values that a target does not have, with the reason")
  func coverage() async throws {
    var facts = Sample.facts
    facts.capabilities.remove(.bodyAuthentication)
    let result = try await explore(300, model: Model(facts)) { _ in false }
    let line = try #require(
      result.coverage.lines.first { $0.kind == .token && $0.dimension == "client authentication" })
    let reason = Capability.bodyAuthentication.missingReason
    #expect(line.missing == ["the body: \(reason)", "the body with every character escaped: \(reason)"])
    #expect(line.run == line.count - 2)
    #expect(result.coverage.unreached.isEmpty)
    let secrets = try #require(result.coverage.lines.first { $0.kind == .token && $0.dimension == "secret" })
    #expect(secrets.missing.isEmpty)
  }

  @Test("no operation that the target has no capability for is in a sequence")
  func capabilities() {
    var facts = Sample.facts
    facts.capabilities = [.createClient, .basicAuthentication, .tokenByPost]
    for sequence in sequences(100, model: Model(facts)) {
      for operation in sequence {
        switch operation {
        case .manage, .tokenState, .list, .inbox, .metadata, .wait: Issue.record("\(operation.phrase)")
        case .create(let call): #expect(call.connector == .first && call.manager == .manager)
        case .token(let call):
          #expect(call.way.needs.isSubset(of: facts.capabilities) && call.endpoint == .own && call.way != .body)
        case .post(let call): #expect(call.connector == .first)
        }
      }
    }
  }
}
