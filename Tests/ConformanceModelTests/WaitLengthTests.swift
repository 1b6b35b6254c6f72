import ConformanceModel
import JSONValue
import Testing

@Suite("The length of a wait, as scenarios write it")
struct WaitLengthTests {
  @Test(
    "follows the lifetime and the leeway that the target declares",
    arguments: [
      ("1h", 3600, "1h"), ("lifetime", 7200, "lifetime"), ("lifetime/2", 3600, "lifetime/2"), ("leeway", 30, "leeway"),
      ("lifetime - 1s", 7199, "lifetime - 1s"), ("lifetime/24 + leeway + 1m", 390, "lifetime/24 + leeway + 1m"),
      ("lifetime - lifetime/100", 7128, "lifetime - lifetime/100"), ("lifetime  -  1h 1s", 3599, "lifetime - 1h 1s"),
      ("1s - lifetime", -7199, "1s - lifetime"),
    ])
  func resolved(_ text: String, _ seconds: Int64, _ written: String) throws {
    let length = try WaitLength(parsing: text)
    #expect(length.resolved(lifetime: 7200, leeway: 30) == SimulatedDuration(milliseconds: seconds * 1000))
    #expect(length.description == written)
    #expect(try WaitLength(parsing: written) == length)
    #expect(length.negated.resolved(lifetime: 7200, leeway: 30).milliseconds == -seconds * 1000)
  }

  @Test("is the same for every target if it names only durations")
  func fixed() throws {
    #expect(try WaitLength(parsing: "1h + 1s").fixed == SimulatedDuration(milliseconds: 3_601_000))
    #expect(try WaitLength(parsing: "lifetime").fixed == nil)
    #expect(try WaitLength(parsing: "1s + leeway").fixed == nil)
  }

  @Test("has the defaults of the documentation")
  func target() throws {
    var target = Target(
      name: "any", place: Place(file: "any", line: 1, column: 1), baseURL: .literal("/"),
      token: .init(url: .literal("/")), connectors: [])
    let length = try WaitLength(parsing: "lifetime + leeway")
    #expect(length.resolved(for: target) == SimulatedDuration(milliseconds: 86_400_000))
    target.behaviour = [.tokenLifetime: 3600, .expiryLeeway: 60]
    #expect(length.resolved(for: target) == SimulatedDuration(milliseconds: 3_660_000))
  }

  @Test(
    "is refused with the reason",
    arguments: [
      ("", "the duration is empty"), ("lifetime +", "the duration is empty"), ("- 1s", "the duration is empty"),
      ("lifetime/0", "'lifetime/0' is not a share of the token lifetime"),
      ("lifetime/x", "'lifetime/x' is not a share of the token lifetime"),
      ("lifetime-1s", "'lifetime-1s' is not a duration"), ("lifetime 1s", "'lifetime 1s' is not a duration"),
      ("2 + lifetime", "'2' is not a duration"),
    ])
  func invalid(_ text: String, _ message: String) throws {
    #expect(try #require(throws: SimulatedDurationError.self) { _ = try WaitLength(parsing: text) }.message == message)
  }
}
