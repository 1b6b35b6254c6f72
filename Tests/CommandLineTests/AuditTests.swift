import Foundation
import ReferenceService
import Testing

@Suite("conform audit") struct AuditTests {
  private static let expiry = """
    title: A token works for 24 hours
    covers: TST-01
    given:
      - create-client: { as: erp }
      - request-token: { as: token, client: erp }
    steps:
      - wait: 23h 59m 59s
      - post-payload: { token: token, payload: valid }
        expect: accepted
      - wait: 2s
      - post-payload: { token: token, payload: valid }
        expect: { status: 401 }
    """
  private static let weak = """
    title: A token is issued
    covers: TST-02
    steps:
      - create-client: { as: erp }
      - request-token: { client: erp }
        expect: { outcome: issued, should: { json: { expires_in: 86400 } } }
    """

  @Test("names which scenario detected a fault, and by what")
  func noticed() throws {
    let workspace = try Workspace(scenarios: ["expiry": AuditTests.expiry, "weak": AuditTests.weak])
    let outcome = try workspace.conform(
      "audit", "--fault", "tokens-live-23-hours", "--fault", "tokens-never-expire", "--verbose")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("F tokens-live-23-hours (critical): expiry"))
    #expect(outcome.output.contains("F tokens-never-expire (critical): expiry"))
    #expect(outcome.output.contains("1 scenario that detects no fault:\n  weak"))
    #expect(outcome.output.contains("2 faults: 2 detected, 0 undetected"))
  }

  @Test("tries all scenarios if those that are described like the fault do not detect it")
  func unlikely() throws {
    var scenarios = ["zz": AuditTests.expiry.replacing("A token works for 24 hours", with: "One day and one second")]
    for number in 1...20 {
      scenarios["s\(number)"] = AuditTests.weak.replacing("A token is issued", with: "Tokens never expire, \(number)")
    }
    let workspace = try Workspace(scenarios: scenarios)
    // a few faults with this one
    let faults = Fault.all.map(\.name), place = try #require(faults.firstIndex(of: "tokens-never-expire"))
    let outcome = try workspace.conform("audit", "--shard", "\(place % 60 + 1)/60")
    #expect(outcome.output.contains("F tokens-never-expire (critical): zz\n"), "\(outcome.output)")
    #expect(outcome.output.contains(": undetected\n"))
  }

  @Test("fails if a fault is not detected, and names it")
  func survivor() throws {
    let workspace = try Workspace(scenarios: ["expiry": AuditTests.expiry])
    let outcome = try workspace.conform("audit", "--fault", "payloads-are-lost")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("! payloads-are-lost (critical): undetected"))
    #expect(
      outcome.output.contains(
        "1 undetected fault:\n  payloads-are-lost (critical): Accepted payloads are not delivered."))
  }

  @Test("takes a warning for enough where the fault is minor, and only there")
  func warnings() throws {
    let workspace = try Workspace(scenarios: ["weak": AuditTests.weak])
    let minor = try workspace.conform("audit", "--fault", "expires-in-missing")
    #expect(minor.status == 0, "\(minor.output)")
    #expect(minor.output.contains("W expires-in-missing (minor): weak"))
    #expect(try workspace.conform("audit", "--fault", "expires-in-an-hour").status == 1)
  }

  @Test("names expectations that failed with no fault, and requirements with a single scenario")
  func deadWeight() throws {
    let workspace = try Workspace(scenarios: ["expiry": AuditTests.expiry])
    let outcome = try workspace.conform("audit", "--fault", "tokens-never-expire", "--verbose")
    #expect(
      outcome.output.contains("1 expectation that never failed:\n  Scenarios/area/expiry.yaml:9"), "\(outcome.output)"
    )
    #expect(outcome.output.contains("1 requirement with a single scenario:\n  TST-01: expiry"))
  }

  @Test("what was not asked of the service, and steps that only prepare, are no expectations that never failed")
  func notAsked() throws {
    let skipped = """
      title: A blank payload is accepted
      covers: TST-01
      when: { blank-payload: accepted }
      given:
        - create-client: { as: erp }
        - request-token: { as: token, client: erp }
      steps:
        - post-payload: { token: token, payload: blank }
          expect: accepted
      """
    let prepared = """
      title: A token is refused after a day, by whichever method it was requested
      covers: TST-01
      steps:
        - create-client: { as: erp }
        - request-token: { as: token, client: erp }
        - request-token: { client: erp, auth: tls-client-auth }
          when: { needs: tls-client-auth }
          expect: issued
        - post-payload: { token: token, payload: valid }
        - wait: 25h
        - concurrently:
            - post-payload: { token: token, payload: valid }
              expect: { status: 401 }
            - post-payload: { payload: valid }
              expect: { status: 401 }
      """
    let workspace = try Workspace(scenarios: ["prepared": prepared, "skipped": skipped])
    let outcome = try workspace.conform("audit", "--fault", "tokens-never-expire", "--verbose")
    #expect(
      outcome.output.contains(
        """
        1 scenario that does not apply to the service:
          skipped: applies only if blank-payload is accepted; the target declares refused
        """), "\(outcome.output)")
    // of each branch, and of nothing else
    #expect(
      outcome.output.contains("1 expectation that never failed:\n  Scenarios/area/prepared.yaml:15:"),
      "\(outcome.output)")
  }

  @Test("writes the whole matrix where it is asked to")
  func matrix() throws {
    let workspace = try Workspace(scenarios: ["expiry": AuditTests.expiry, "weak": AuditTests.weak])
    let outcome = try workspace.conform("audit", "--fault", "tokens-live-23-hours", "--matrix", "matrix.csv")
    #expect(outcome.status == 0)
    #expect(
      try workspace.read("matrix.csv") == "fault,area,severity,expiry,weak\ntokens-live-23-hours,expiry,critical,F,.\n")
  }

  @Test("a shard has every n-th fault, and all shards together have all")
  func shards() throws {
    let workspace = try Workspace(scenarios: ["expiry": AuditTests.expiry])
    let faults = ["tokens-live-23-hours", "tokens-never-expire", "payloads-are-lost"]
    let first = try workspace.conform(["audit", "--shard", "1/2"] + faults.flatMap { ["--fault", $0] })
    let second = try workspace.conform(["audit", "--shard", "2/2"] + faults.flatMap { ["--fault", $0] })
    #expect(first.output.contains("\n2 faults: ") && second.output.contains("\n1 fault: "), "\(first)\(second)")
    for fault in faults {
      #expect(first.output.contains(" \(fault) (") != second.output.contains(" \(fault) ("), "\(fault)")
    }
    #expect(try workspace.conform("audit", "--shard", "3/2").status == 2)
  }

  @Test("without a need for whole runs, the first failure ends a run, and nothing is said of what did not run")
  func firstFailure() throws {
    // the second scenario waits longer than the first, and notices the fault as well
    let later = """
      title: A token does not work after two days
      covers: TST-01
      given:
        - create-client: { as: erp }
        - request-token: { as: token, client: erp }
      steps:
        - wait: 48h
        - post-payload: { token: token, payload: valid }
          expect: { status: 401 }
      """
    let workspace = try Workspace(scenarios: ["a-expiry": AuditTests.expiry, "b-later": later])
    let all = try workspace.conform("serve", "--list-faults").output.split(separator: "\n").map(String.init)
    let names = all.filter { $0.hasPrefix("  ") }.compactMap { $0.split(separator: " ").first.map(String.init) }
    let index = try #require(names.firstIndex(of: "tokens-never-expire"))
    let outcome = try workspace.conform("audit", "--shard", "\(index + 1)/\(names.count)")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("F tokens-never-expire (critical): a-expiry\n"), "\(outcome.output)")
    #expect(!outcome.output.contains("never failed"))
    let whole = try workspace.conform("audit", "--shard", "\(index + 1)/\(names.count)", "--verbose")
    #expect(whole.output.contains("F tokens-never-expire (critical): a-expiry, b-later\n"), "\(whole.output)")
  }

  @Test("an unknown fault is a wrong argument")
  func unknown() throws {
    let outcome = try Workspace(scenarios: ["weak": AuditTests.weak]).conform("audit", "--fault", "nonsense")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("unknown fault 'nonsense'"))
  }
}

@Suite("Declared behaviours") struct BehaviourTests {
  /// A reference service with other policies, and a target file that declares them.
  private func finished(_ fault: String, _ behaviour: String, only: String) throws -> Outcome {
    let workspace = try Workspace()
    let pack = Workspace.repository.appending(path: "Scenarios").path
    let service = try ServedService(["--fault", fault], key: "a-key-for-the-test")
    let url = service.url
    defer { service.stop() }
    var target = try String(contentsOfFile: "\(pack)/targets/reference.yaml", encoding: .utf8)
    target = target.replacingOccurrences(of: "launch: reference-service\n", with: "")
    target = target.replacingOccurrences(of: "base-url: ${service.url}", with: "base-url: \(url)")
    target = target.replacingOccurrences(of: "${service.manager-key}", with: "${env.CONFORM_MANAGER_KEY}")
    let name = String(behaviour.prefix { $0 != ":" })
    target = target.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("  \(name): ") }
      .joined(separator: "\n")
    target = target.replacingOccurrences(of: "behaviour:\n", with: "behaviour:\n  \(behaviour)\n")
    try workspace.write(target, to: "target.yaml")
    return try workspace.conform(
      "run", pack, "--target", "target.yaml", "--only", only, environment: ["CONFORM_MANAGER_KEY": "a-key-for-the-test"]
    )
  }

  @Test(
    "hold for a service that decides as it declares, and fail for one that does not",
    arguments: [
      ("old-set-dies", "lost-secret: old-set-dies", "old-set-dies"),
      ("blank-payloads-accepted", "blank-payload: accepted", "blank-payload-is-accepted"),
      ("expiry-second-still-good", "expiry-instant: inclusive", "second-of-expiry-is-still-good"),
      ("basic-opens-the-inbound-url", "basic-on-payload: accepted", "basic-is-accepted"),
      ("tokens-outlive-their-client", "tokens-of-a-deleted-client: survive", "tokens-survive-their-client"),
      ("replacing-ends-tokens", "tokens-of-a-replaced-set: end", "tokens-of-the-old-set-end"),
      ("token-in-both-places-accepted", "token-in-header-and-query: ignored", "token-in-the-query-is-ignored"),
      ("tokens-live-a-month", "token-lifetime: 2592000", "last-second-and-after"),
      ("tokens-live-a-month", "token-lifetime: 2592000", "leap-day"),
    ])
  func declared(fault: String, behaviour: String, scenario: String) throws {
    let honest = try finished(fault, behaviour, only: scenario)
    // the fault lets Basic in whatever the secret is, which is more than is declared
    #expect(honest.status == (fault == "basic-opens-the-inbound-url" ? 1 : 0), "\(honest.output)\(honest.errors)")
    let other = try finished("expires-in-an-hour", behaviour, only: scenario)
    #expect(other.status == 1, "\(other.output)\(other.errors)")
    #expect(other.output.contains("FAILED \(scenario)"))
  }
}
