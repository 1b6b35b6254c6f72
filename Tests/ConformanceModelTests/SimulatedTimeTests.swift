import ConformanceModel
import TestSupport
import Testing

@Suite("Instants and durations")
struct SimulatedTimeTests {
  @Test(
    "an instant is written as RFC 3339 and parsed again",
    arguments: [
      (1_658_311_388_000, "2022-07-20T10:03:08Z"), (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (1, "1970-01-01T00:00:00.001Z"),
      (951_782_400_000, "2000-02-29T00:00:00Z"), (1_709_164_800_000, "2024-02-29T00:00:00Z"),
      (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
      (1_709_251_200_000, "2024-03-01T00:00:00Z"), (1_677_628_800_000, "2023-03-01T00:00:00Z"),
      (2_147_483_647_000, "2038-01-19T03:14:07Z"),
      (2_147_483_648_000, "2038-01-19T03:14:08Z"), (4_107_542_399_000, "2100-02-28T23:59:59Z"),
      (4_107_542_400_000, "2100-03-01T00:00:00Z"),
      (4_294_967_296_000, "2106-02-07T06:28:16Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
      (-62_167_219_200_000, "0000-01-01T00:00:00Z"),
      (1_672_531_199_050, "2022-12-31T23:59:59.050Z"),
    ])
  func vectors(_ milliseconds: Int64, _ text: String) {
    #expect(SimulatedInstant(milliseconds: milliseconds).description == text)
    #expect(SimulatedInstant(rfc3339: text) == SimulatedInstant(milliseconds: milliseconds))
    #expect(SimulatedInstant(milliseconds: milliseconds).withoutZone == text.prefix(19))
  }

  @Test(
    "other spellings of the documented instant are parsed",
    arguments: [
      "2022-07-20t10:03:08z", "2022-07-20 10:03:08Z", "2022-07-20T12:03:08+02:00", "2022-07-20T04:33:08-05:30",
      "2022-07-20T10:03:08.0Z",
      "2022-07-20T10:03:08.0009Z", "2022-07-20T10:03:08-00:00", "2022-07-21T10:02:08+23:59",
      "2022-07-20T10:03:08.000000000000000000000000Z",
    ])
  func spellings(_ text: String) {
    #expect(SimulatedInstant(rfc3339: text) == .documented)
  }

  @Test(
    "an invalid instant is rejected",
    arguments: [
      "", "2022", "2022-07-20", "2022-07-20T10:03:08", "2022-07-20T10:03Z", "2022-07-20T10:03:08.Z",
      "2022-7-20T10:03:08Z", "2022-13-01T00:00:00Z",
      "2022-00-01T00:00:00Z", "2022-01-00T00:00:00Z", "2022-04-31T00:00:00Z", "2023-02-29T00:00:00Z",
      "2100-02-29T00:00:00Z",
      "1900-02-29T00:00:00Z", "2022-07-20T24:00:00Z", "2022-07-20T10:60:00Z", "2022-07-20T10:03:61Z",
      "2022-07-20T10:03:08+2", "2022-07-20T10:03:08+24:00",
      "2022-07-20T10:03:08+01:60", "2022-07-20T10:03:08ZZ", " 2022-07-20T10:03:08Z", "2022-07-20T10:03:08Z ",
      "２022-07-20T10:03:08Z",
      "2022/07/20T10:03:08Z", "+022-07-20T10:03:08Z", "1658311388",
    ])
  func refused(_ text: String) {
    #expect(SimulatedInstant(rfc3339: text) == nil)
  }

  @Test("random instants survive being written and parsed", arguments: 0..<4 as Range<UInt64>)
  func roundTrip(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    for _ in 0..<2500 {
      let instant = SimulatedInstant(
        milliseconds: .random(in: -62_167_219_200_000...253_402_300_799_999, using: &random))
      #expect(SimulatedInstant(rfc3339: instant.description) == instant)
      #expect(instant.seconds * 1000 <= instant.milliseconds)
      #expect(instant.milliseconds - instant.seconds * 1000 < 1000)
    }
  }

  @Test("the farthest instants can be shown", arguments: [Int64.min, .min + 1, .max])
  func farthest(_ milliseconds: Int64) {
    let instant = SimulatedInstant(milliseconds: milliseconds)
    #expect(instant.description.hasSuffix("Z"))
    #expect(!instant.withoutZone.contains("."))
  }

  @Test(
    "a duration is parsed, and written with its largest units",
    arguments: [
      ("0s", 0, "0s"), ("1ms", 1, "1ms"), ("250ms", 250, "250ms"), ("1s", 1000, "1s"), ("90s", 90_000, "1m 30s"),
      ("1d", 86_400_000, "1d"),
      ("24h", 86_400_000, "1d"), ("23h 59m 59s", 86_399_000, "23h 59m 59s"), ("23h59m59s", 86_399_000, "23h 59m 59s"),
      (" 1d  1ms ", 86_400_001, "1d 1ms"),
      ("007s", 7000, "7s"), ("73200d", 6_324_480_000_000, "73200d"),
    ])
  func spans(_ text: String, _ milliseconds: Int64, _ written: String) throws {
    let span = try SimulatedDuration(parsing: text)
    #expect(span == SimulatedDuration(milliseconds: milliseconds))
    #expect(span.description == written)
    #expect(try SimulatedDuration(parsing: written) == span)
  }

  @Test(
    "an invalid duration is refused with the reason",
    arguments: [
      ("", "the duration is empty"), ("  ", "the duration is empty"), ("5", "'5' is not a duration"),
      ("s", "'s' is not a duration"),
      ("-1s", "'-1s' is not a duration"), ("1.5h", "'1.5h' is not a duration"), ("1 s", "'1 s' is not a duration"),
      ("1s,", "'1s,' is not a duration"),
      ("1w", "unknown unit of time 'w'"), ("1S", "unknown unit of time 'S'"),
      ("1s 1m", "the units must be in descending order, each once"),
      ("1s 1s", "the units must be in descending order, each once"),
      ("73200d 1ms", "'73200d 1ms' is longer than 200 years"),
      ("9223372036854775808ms", "'9223372036854775808ms' is longer than 200 years"), ("٣s", "'٣s' is not a duration"),
      ("1\ts", "'1\ts' is not a duration"),
    ])
  func noSpans(_ text: String, _ message: String) throws {
    #expect(
      try #require(throws: SimulatedDurationError.self) { _ = try SimulatedDuration(parsing: text) }.message == message)
  }

  @Test("instants and durations add up")
  func arithmetic() throws {
    let day = try SimulatedDuration(parsing: "1d")
    #expect((SimulatedInstant.documented + day).description == "2022-07-21T10:03:08Z")
    #expect(SimulatedInstant.documented + day - SimulatedInstant.documented == day)
    #expect(SimulatedInstant.documented < SimulatedInstant.documented + day)
    #expect((SimulatedInstant.documented - (SimulatedInstant.documented + day)).description == "-1d")
    #expect(SimulatedDuration(milliseconds: .min).description.hasPrefix("-"))
  }
}
