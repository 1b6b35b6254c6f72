import Foundation
import Testing

@Suite("A refusal") struct TwinTests {
  private static let lonely = """
    title: A wrong secret gets no token
    covers: TST-01
    given:
      - create-client: { as: erp }
    steps:
      - request-token: { client: erp, secret: wrong }
        expect: { error: invalid_client }
    """
  private static let token = """
    title: A right secret gets a token
    covers: TST-01
    given:
      - create-client: { as: erp }
    steps:
      - request-token: { client: erp }
        expect: issued
    """

  @Test("is refused by check where no step shows that the operation succeeds without the deviation")
  func alone() throws {
    let outcome = try Workspace(scenarios: ["lonely": TwinTests.lonely, "token": TwinTests.token]).conform("check")
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.contains(
        "Scenarios/area/lonely.yaml:6:5: no twin for this refusal: no step shows that request-token succeeds without the deviation"
      ),
      "\(outcome.errors)")
  }

  @Test("can name the scenario that shows it, and that has to be one")
  func named() throws {
    let named = TwinTests.lonely.replacing("covers: TST-01", with: "covers: TST-01\ntwin: token")
    #expect(try Workspace(scenarios: ["lonely": named, "token": TwinTests.token]).conform("check").status == 0)
    let other = TwinTests.lonely.replacing("covers: TST-01", with: "covers: TST-01\ntwin: tokens")
    let outcome = try Workspace(scenarios: ["lonely": other, "token": TwinTests.token]).conform("check")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("unknown scenario 'tokens' in 'twin'; did you mean 'token'?"), "\(outcome.errors)")
  }

  @Test("whose twin may be in a part of the pack that was not loaded is accepted")
  func part() throws {
    let named = TwinTests.lonely.replacing("covers: TST-01", with: "covers: TST-01\ntwin: token")
    let workspace = try Workspace(scenarios: ["lonely": named, "token": TwinTests.token])
    #expect(try workspace.conform("check", "Scenarios/area/lonely.yaml").status == 0)
  }

  @Test("has its twin in the same scenario, also inside a loop")
  func same() throws {
    let both =
      TwinTests.lonely + "\n  - repeat: 2\n    steps:\n      - request-token: { client: erp }\n        expect: issued\n"
    let outcome = try Workspace(scenarios: ["both": both]).conform("check")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }
}

@Suite("only-if") struct OnlyIfTests {
  private func finished(_ condition: String) throws -> Outcome {
    let scenario = """
      title: Something that is about some services only
      covers: TST-01
      steps:
        - create-client: { as: erp }
          expect: created
          only-if: { status: \(condition) }
        - request-token: { client: erp, secret: wrong }
          expect: issued
      """
    return try Workspace(scenarios: ["some": scenario]).conform("run")
  }

  @Test("ends a case as skipped if the rest does not apply to the service, with the reason")
  func otherwise() throws {
    let outcome = try finished("202")
    #expect(
      outcome.output.contains(
        "1 skipped: applies only to services that respond differently: create a client as 'erp': status: "
          + "expected 202, got 201"),
      "\(outcome.output)")
  }

  @Test("runs the rest if it holds")
  func holds() throws {
    #expect(try finished("201").status == 1)
  }
}
