import ConformanceModel
import JSONValue
import RunEvents
import Testing

@testable import Execution

@Suite("The state of a pending case") struct PendingStateTests {
  private static let names = Dictionary(uniqueKeysWithValues: (0..<20).map { ("name-\($0)", JSON.int($0)) })

  private static var state: PendingState {
    var state = PendingState(
      number: 7, id: "case/n=1", due: SimulatedInstant(milliseconds: 86_400_500),
      startedAt: SimulatedInstant(milliseconds: 1), simulatedStart: SimulatedInstant(milliseconds: -2), exchanges: 3,
      stepsDone: 4, stepCount: 5, names: names,
      confidential: Dictionary(uniqueKeysWithValues: (0..<20).map { ("SECRET_\($0)", ["a-\($0)", "b-\($0)"]) }),
      givenTaken: Dictionary(uniqueKeysWithValues: (0..<20).map { ("role-\($0)", $0) }),
      clients: [["id": "c-1"], ["id": "c-2", "secret": "s"]])
    state.fingerprint = "0f"
    state.lifetime = 600
    return state
  }

  /// The JSON of the state with another value of one member; `nil` omits it.
  private static func changed(_ name: String, to value: JSON?) -> JSON {
    let members = (state.json.object ?? []).compactMap { member -> JSON.Member? in
      member.name == name ? value.map { JSON.Member(name, $0) } : member
    }
    return .object(members)
  }

  @Test("is the same once written and read")
  func roundTrip() throws {
    let state = PendingStateTests.state
    #expect(PendingState(state.json) == state)
    #expect(PendingState(try JSON(parsing: state.json.compactBytes)) == state)
    #expect(state.clientIDs == ["c-1", "c-2"])
  }

  @Test("has its members in the same order in every process", arguments: ["names", "confidential", "given-taken"])
  func order(member: String) {
    let names = PendingStateTests.state.json[member]?.object?.map(\.name) ?? []
    #expect(names == names.sorted() && names.count >= 2)
  }

  @Test(
    "can have every number that a run can reach",
    arguments: [
      ("n", 0), ("n", PlannedCase.maxNumber), ("due", -62_167_219_200_000), ("due", 253_402_300_799_999),
      ("exchanges", 0), ("exchanges", 1_000_000_000), ("steps-done", 1), ("steps-done", 5), ("step-count", 1_000_000),
    ])
  func possible(name: String, value: Int) {
    #expect(PendingState(PendingStateTests.changed(name, to: .int(value))) != nil)
  }

  @Test(
    "is refused with an impossible number",
    arguments: [
      ("n", -1), ("n", PlannedCase.maxNumber + 1), ("due", -62_167_219_200_001), ("due", 253_402_300_800_000),
      ("started-at", Int.min), ("simulated-start", Int.max), ("exchanges", -1), ("exchanges", 1_000_000_001),
      ("steps-done", 0), ("steps-done", 6), ("step-count", 3), ("step-count", 0), ("step-count", 1_000_001),
    ])
  func impossible(name: String, value: Int) {
    #expect(PendingState(PendingStateTests.changed(name, to: .int(value))) == nil)
  }

  @Test("is refused with a number of clients that no case can take", arguments: [-1, 1_000_001, Int.max])
  func impossibleCount(count: Int) {
    #expect(PendingState(PendingStateTests.changed("given-taken", to: ["first": .int(count)])) == nil)
    for possible in [0, 1_000_000] {
      #expect(PendingState(PendingStateTests.changed("given-taken", to: ["first": .int(possible)])) != nil)
    }
  }

  @Test("is refused if a secret is not a text", arguments: [1, .null, [["a"]], ["a", 1]] as [JSON])
  func secret(value: JSON) {
    #expect(PendingState(PendingStateTests.changed("confidential", to: ["SECRET": value])) == nil)
  }

  @Test("is refused if a member is missing, or of another type", arguments: state.json.object?.map(\.name) ?? [])
  func incomplete(name: String) {
    // only an observed lifetime is written
    #expect((PendingState(PendingStateTests.changed(name, to: nil)) == nil) == (name != "lifetime"))
    #expect(PendingState(PendingStateTests.changed(name, to: true)) == nil)
  }
}
