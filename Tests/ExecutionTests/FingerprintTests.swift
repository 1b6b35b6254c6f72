import ConformanceModel
import HTTPModel
import JSONValue
import RunEvents
import Testing

@testable import Execution

@Suite("A fingerprint") struct FingerprintTests {
  private static func form(_ value: Any) -> [UInt8] { CanonicalForm(value).bytes }

  private struct Pair {
    var a: String?
    var b: String?
  }

  @Test("differs for values that differ")
  func values() {
    let values: [Any] = [
      "", "a", ["a"], ["ab"], ["a", "b"], [["a"], ["b"]], ["a": "b"], ["b": "a"], Optional<String>.none as Any, 1,
      JSON.int(2), JSON.null, JSON.array([1]), Capability.createClient, Capability.listClients,
      Payload.text("a"), Payload.json("a"), Payload.sample("a"), true, false,
      Fixture.scenario([.http(), .http()]), Fixture.scenario([.http()]), Fixture.scenario(given: [.http()], [.http()]),
      Step.http(status: nil), Step.http(status: 200), Set([1]), Set([1, 2]), Pair(a: "a"), Pair(b: "a"),
    ]
    let forms = values.map(FingerprintTests.form)
    for (index, form) in forms.enumerated() {
      #expect(forms.firstIndex(of: form) == index, "\(values[index])")
    }
  }

  /// The cases of `Template`, for which there is no shorter way than reflection.
  private indirect enum Reflected {
    case literal(JSON)
    case reference(Reference)
    case text([ReflectedSegment])
    case array([Reflected])
    case object([ReflectedMember])

    init(_ template: Template) {
      switch template {
      case .literal(let json): self = .literal(json)
      case .reference(let reference): self = .reference(reference)
      case .text(let segments): self = .text(segments.map(ReflectedSegment.init))
      case .array(let items): self = .array(items.map(Reflected.init))
      case .object(let members):
        self = .object(members.map { ReflectedMember(name: $0.name, value: Reflected($0.value)) })
      }
    }
  }

  private enum ReflectedSegment {
    case literal(String)
    case reference(Reference)

    init(_ segment: Template.Segment) {
      switch segment {
      case .literal(let text): self = .literal(text)
      case .reference(let reference): self = .reference(reference)
      }
    }
  }

  private struct ReflectedMember {
    var name: String
    var value: Reflected
  }

  @Test("of a template is the same as by reflection, so that logs of former versions can be compared")
  func templates() throws {
    let reference = Reference(path: ["erp", "secret"], filters: [.dropLast, .first(3), .base64])
    let templates: [Template] = [
      .literal("text"), .literal(["a": [1, .null]]), .reference(reference), .reference(Reference(path: ["a"])),
      .text([]), .text([.literal("x"), .reference(reference), .literal("")]),
      .array([]), .array([.literal(1), .array([.reference(reference)])]),
      .object([]), .object([.init("name", .literal(true)), .init("", .object([.init("in", .text([.literal("y")]))]))]),
    ]
    for template in templates {
      #expect(FingerprintTests.form(template) == FingerprintTests.form(Reflected(template)), "\(template)")
    }
  }

  @Test("is the same in every order of a dictionary or a set, and wherever a step is in its file")
  func order() {
    let names = (0..<50).map { "name-\($0)" }
    let pairs = names.map { ($0, $0) }
    #expect(
      FingerprintTests.form(Dictionary(uniqueKeysWithValues: pairs))
        == FingerprintTests.form(Dictionary(uniqueKeysWithValues: pairs.reversed())))
    #expect(FingerprintTests.form(Set(names)) == FingerprintTests.form(Set(names.reversed())))
    // capacity changes the order of a set
    var grown = Set(names + (0..<1000).map { "other-\($0)" })
    for number in 0..<1000 { grown.remove("other-\(number)") }
    #expect(FingerprintTests.form(Set(names)) == FingerprintTests.form(grown))
    var moved = Step.http()
    moved.place = Place(file: "other.yaml", line: 99, column: 1)
    #expect(FingerprintTests.form(moved) == FingerprintTests.form(Step.http()))
  }

  @Test("of a target is that of its bindings and of the variables of its URLs")
  func target() {
    let target = Fixture.target
    func fingerprint(_ environment: [String: String] = [:], _ change: (inout Target) -> Void = { _ in }) -> String {
      var target = target
      target.token.url = .text([
        .reference(Reference(path: ["env", "HOST"])), .reference(Reference(path: ["run", "id"])),
      ])
      change(&target)
      return target.fingerprint(environment: environment)
    }
    let usual = fingerprint()
    #expect(fingerprint { $0.name = "other" } == usual)
    #expect(fingerprint { $0.place = Fixture.place(77) } == usual)
    #expect(fingerprint { $0.expectedDeviations = [.init(id: "a", reason: "b", place: Fixture.place(1))] } == usual)
    #expect(fingerprint { $0.variables = [.init(name: "A", place: Fixture.place(1))] } == usual)
    #expect(fingerprint { $0.files = [.init("a", "b")] } == usual)
    #expect(fingerprint(["OTHER": "a", "id": "b"]) == usual)
    #expect(fingerprint(["HOST": "a"]) != usual)
    #expect(fingerprint { $0.token.method = "GET" } != usual)
    #expect(fingerprint { $0.profile = .oauth } != usual)
    #expect(fingerprint { $0.connectors[0].inboundURL = "/other" } != usual)
    // the digest of a file decides, with what the command line and the environment change
    let digested = fingerprint { $0.digest = "0a" }
    #expect(fingerprint { ($0.digest, $0.httpVersion) = ("0a", .http2) } == digested)
    #expect(fingerprint { $0.digest = "0b" } != digested)
    #expect(fingerprint { ($0.digest, $0.profile) = ("0a", .oauth) } != digested)
    #expect(fingerprint(["HOST": "a"]) { $0.digest = "0a" } != digested)
  }

  @Test("of a plan includes what its files say, why cases are skipped, its requirements and its shards")
  func plan() {
    func fingerprints(
      _ scenarios: [Scenario] = [Fixture.scenario([.http()])], level: Level = .must,
      invariant: Invariant = Fixture.invariant([.must(.status(.equal(200)))]), needs: [Capability] = [],
      shards: Int? = nil
    ) -> Fingerprints {
      var all = scenarios
      all[0].needs = needs
      var plan = Plan(
        scenarios: all, requirements: [Requirement(id: "TST-01", level: level, source: "here", text: "")],
        invariants: [invariant], target: Fixture.target)
      plan.sharding = shards.map { Sharding(plan, index: 1, of: $0) }
      return Fingerprints(pack: all, plan, environment: [:])
    }
    func digested(_ digest: String, _ steps: [Step] = [.http()]) -> [Scenario] {
      var scenario = Fixture.scenario(steps)
      scenario.digest = digest
      return [scenario]
    }
    let usual = fingerprints()
    #expect(fingerprints() == usual)
    var other = Fixture.invariant([.must(.status(.equal(200)))])
    other.digest = "0a"
    for changed in [
      fingerprints([Fixture.scenario([.http("PUT")])]), fingerprints(level: .should), fingerprints(invariant: other),
      fingerprints(digested("0a")),
    ] { #expect(changed.pack != usual.pack && changed.plan != usual.plan && changed.target == usual.target) }
    // without a digest, its expectations decide
    let created = Fixture.invariant([.must(.status(.equal(201)))])
    #expect(fingerprints(invariant: created).pack != usual.pack)
    var same = created
    same.digest = "0a"
    #expect(fingerprints(invariant: same) == fingerprints(invariant: other))
    // a digest is of the whole file, so it decides alone
    #expect(fingerprints(digested("0a")) == fingerprints(digested("0a", [.http("PUT")])))
    #expect(fingerprints(digested("0a")) != fingerprints(digested("0b")))
    #expect(fingerprints(needs: [.metadata]).plan != usual.plan)
    let rows = Cases.product([Cases.Column(name: "n", values: .range(1...4))])
    var many = Fixture.scenario([.http()])
    many.cases = rows
    #expect(fingerprints([many], shards: 2).plan != fingerprints([many], shards: 3).plan)
    #expect(fingerprints([many], shards: 2).pack == fingerprints([many]).pack)
  }

  @Test("of a case includes its steps, its values and the levels of its requirements")
  func planned() {
    func fingerprint(
      _ level: Level = .must, row: Template = "1", given: [Step] = [], _ steps: [Step] = [.http()], title: String = ""
    ) -> String? {
      var scenario = Fixture.scenario(given: given, steps)
      scenario.title = title
      scenario.cases = .rows([Cases.Row(name: "r", values: [.init("x", row)])])
      let plan = Plan(
        scenarios: [scenario], requirements: [Requirement(id: "TST-01", level: level, source: "here", text: "")],
        target: Fixture.target)
      return plan.makeCase(number: 0).map(plan.fingerprint)
    }
    let all = [
      fingerprint(), fingerprint(.should), fingerprint(row: "2"), fingerprint(given: [.http()]),
      fingerprint(.must, [.http("PUT")]), fingerprint(given: [.http()], []),
    ]
    #expect(Set(all).count == all.count)
    #expect(fingerprint(title: "Another title") == all[0])
  }
}
