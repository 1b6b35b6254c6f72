import ConformanceModel
import JSONValue
import Testing

@testable import Exploration

extension ServiceExplorations {
  /// What the reference service does with a fault is right at a target that declares it, or that the documents allow.
  @Suite("Services that are right in another way") struct DeclaredVariantsTests {
    struct Variant: Sendable, CustomTestStringConvertible {
      let faults: [String]
      let behaviour: [Behaviour: JSON]
      let area: ExplorationArea

      init(_ area: ExplorationArea, _ faults: String..., declaring behaviour: [Behaviour: JSON] = [:]) {
        self.area = area
        self.faults = faults
        self.behaviour = behaviour
      }

      var testDescription: String {
        let declared = behaviour.map { "\($0.key.rawValue): \($0.value.compact)" }.sorted()
        return (declared + faults).joined(separator: ", ")
      }
    }

    static let oldSetDies = Variant(.clients, "old-set-dies", declaring: [.lostSecret: "old-set-dies"])
    static let inclusive = Variant(.expiry, "expiry-second-still-good", declaring: [.expiryInstant: "inclusive"])
    static let refusesRepeated = Variant(.payload, "same-payload-gets-409")

    static let variants: [Variant] = [
      inclusive, oldSetDies, refusesRepeated,
      Variant(.expiry, "expiry-second-still-good", declaring: [.expiryInstant: "either"]),
      Variant(.expiry, "expiry-looked-at-by-the-minute", declaring: [.expiryLeeway: 60]),
      Variant(.clients, "replacing-ends-tokens", declaring: [.tokensOfReplacedSet: "end"]),
      Variant(.clients, "tokens-outlive-their-client", declaring: [.tokensOfDeletedClient: "survive"]),
      Variant(.payload, "payloads-get-202", declaring: [.payloadAccepted: [202]]),
      Variant(.payload, "blank-payloads-accepted", declaring: [.blankPayload: "accepted"]),
      Variant(
        .payload, "blank-payloads-get-400", "wrong-entities-get-400",
        declaring: [.blankPayloadRefused: [400], .mismatchedPayload: [400]]),
      Variant(.payload, "payloads-up-to-1-mb", declaring: [.maxPayload: 1_000_000]),
      Variant(.payload, "payloads-up-to-100-kb", declaring: [.maxPayload: 100_000]),
      Variant(.payload, "chunked-payloads-refused"),
      Variant(.payload, "gzip-is-refused", declaring: [.gzipPayload: "refused"]),
      Variant(.payload, "basic-opens-the-inbound-url", declaring: [.basicOnPayload: "accepted"]),
      Variant(.payload, "token-in-both-places-accepted", declaring: [.tokenInHeaderAndQuery: "ignored"]),
      Variant(.clients, "nameless-clients", declaring: [.namelessClient: "either"]),
      Variant(.clients, "secret-in-the-view", declaring: [.secretOnShow: "shown"]),
      Variant(.payload, "any-method-delivers", declaring: [.otherMethods: "served"]),
      Variant(.token, "any-method-gives-tokens", "get-gives-tokens", declaring: [.otherMethods: "served"]),
      Variant(.token, "assertion-accepted-twice", declaring: [.replayedAssertion: "either"]),
    ]

    @Test("sequences agree", arguments: variants)
    func sequences(variant: Variant) async throws {
      let trial = try ReferenceTrial(variant.faults, behaviour: variant.behaviour)
      var plan = ExplorationPlan()
      plan.runs = 2
      plan.areas = [variant.area]
      let result = try await Explorer(trial.model, plan, run: trial.run).explore()
      #expect(result.disagreements.map { $0.lines(trial.model).joined(separator: " ") } == [])
    }

    @Test("overlaps agree", arguments: [inclusive, oldSetDies, refusesRepeated])
    func overlaps(variant: Variant) async throws {
      let trial = try ReferenceTrial(variant.faults, behaviour: variant.behaviour)
      var plan = ExplorationPlan()
      plan.runs = 7
      let result = try await OverlapExplorer(trial.model, plan, concurrency: 4, run: trial.record).explore()
      #expect(result.disagreements.map { $0.lines.joined(separator: " ") } == [])
    }
  }
}
