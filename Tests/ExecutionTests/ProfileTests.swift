import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import TestSupport
import Testing

@testable import Execution

@Suite("The profile of a target") struct ProfileTests {
  private static let requirements = [
    ("A-01", "Generating token credentials for API access, step 3"), ("A-02", "RFC 6749 section 5.1"),
    ("A-03", "Implementing API requests; RFC 6585 section 4"), ("A-04", "inferred: concurrent requests"),
    ("A-05", "inferred: the Patchworks documentation does not mention it"),
  ].map { Requirement(id: $0.0, level: $0.0 == "A-02" ? .should : .must, source: $0.1, text: "It holds.") }

  private func plan(_ profile: Profile, _ covers: [String]) -> Plan {
    var target = Fixture.target
    target.profile = profile
    var invariant = Fixture.invariant([.must(.status(.equal(200)))])
    invariant.covers = covers
    return Plan(
      scenarios: [Fixture.scenario([.http()], covers: covers)], requirements: ProfileTests.requirements,
      invariants: [invariant], target: target)
  }

  @Test(
    "leaves out what the Patchworks documentation alone asks for",
    arguments: [("A-01", true), ("A-02", false), ("A-03", false), ("A-04", false), ("A-05", true)])
  func requirements(id: String, isLeftOut: Bool) {
    let oauth = plan(.oauth, [id])
    #expect((oauth.scenarios[0].skipReason != nil) == isLeftOut)
    #expect(oauth.invariants.isEmpty == isLeftOut)
    #expect(oauth.requirements.contains { $0.id == id } == !isLeftOut)
    let patchworks = plan(.patchworks, [id])
    #expect(patchworks.scenarios[0].skipReason == nil && patchworks.invariants.count == 1)
  }

  @Test(
    "runs no scenario about a certain lifetime of tokens if their responses decide",
    arguments: [(Profile.oauth, nil, false), (.oauth, 86400, true), (.oauth, 3600, false), (.patchworks, nil, true)]
      as [(Profile, Int?, Bool)])
  func lifetime(profile: Profile, declared: Int?, runs: Bool) {
    var target = Fixture.target
    target.profile = profile
    target.behaviour[.tokenLifetime] = declared.map { .int($0) }
    var scenario = Fixture.scenario([.http()], covers: [])
    scenario.when = [BehaviourCondition(.tokenLifetime, 86400)]
    let plan = Plan(scenarios: [scenario], requirements: [], target: target)
    #expect((plan.scenarios[0].skipReason == nil) == runs, "\(plan.scenarios[0].skipReason ?? "")")
  }

  @Test("judges a scenario by the requirements that are left")
  func level() {
    #expect(plan(.oauth, ["A-01", "A-02"]).cases.first { _ in true }?.planned.covers.map(\.level) == [.should])
    #expect(
      plan(.patchworks, ["A-01", "A-02"]).cases.first { _ in true }?.planned.covers.map(\.level) == [.must, .should])
  }

  @Test(
    "gives a requirement its level under it, in cases, invariants and fingerprints",
    arguments: [(Profile.patchworks, Level.must), (.oauth, .should)])
  func ownLevel(profile: Profile, level: Level) {
    var target = Fixture.target
    target.profile = profile
    let invariant = Fixture.invariant([.must(.status(.equal(200)))])
    func plan(_ requirement: Requirement) -> Plan {
      Plan(
        scenarios: [Fixture.scenario([.http()], covers: ["TST-01"])], requirements: [requirement],
        invariants: [invariant], target: target)
    }
    let source = "RFC 9110 section 15.6"
    let requirement = Requirement(
      id: "TST-01", level: .should, levels: [.patchworks: .must], source: source, text: "It holds.")
    let own = plan(requirement)
    let plain = plan(Requirement(id: "TST-01", level: level, source: source, text: "It holds."))
    #expect(own.cases.first { _ in true }?.planned.covers.map(\.level) == [level])
    #expect(own.level(of: invariant) == level && own.requirements == plain.requirements)
    #expect(
      Fingerprints(pack: [], own, environment: [:]).plan == Fingerprints(pack: [], plain, environment: [:]).plan)
    #expect(requirement.levelText == "should, must under the profile patchworks")
  }

  @Test("names the requirements of a case that it leaves out")
  func leftOut() {
    #expect(plan(.oauth, ["A-01"]).cases.first { _ in true }?.planned.covers.map(\.id) == ["A-01"])
  }
}
