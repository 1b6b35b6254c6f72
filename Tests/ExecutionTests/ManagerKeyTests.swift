import ConformanceModel
import Testing

@testable import Execution

@Suite("The credentials of the manager") struct ManagerKeyTests {
  private static let wrongKey = Filter.changeLast.apply("the-key")

  @Test(
    "are wrong by their last character, and what is left of the confidential part is a secret",
    arguments: [
      ("the-key", "the-key", wrongKey, wrongKey), ("Bearer the-key", "the-key", "Bearer \(wrongKey)", wrongKey),
      ("Bearer invoices.the-key", "the-key", "Bearer invoices.\(wrongKey)", wrongKey),
      ("invoices.the-key", "the-key", "invoices.\(wrongKey)", wrongKey),
      ("Bearer invoices.the-key", nil, "Bearer invoices.\(wrongKey)", "invoices.\(wrongKey)"),
      ("Bearer the-key.x", "the-key", "Bearer the-key.\(Filter.changeLast.apply("x"))", "the-key."),
    ] as [(String, String?, String, String)])
  func wrong(field: String, end: String?, expected: String, secret: String) {
    let wrong = ManagerKey(field: field, end: end).wrong
    #expect(wrong.field == expected, "\(wrong)")
    #expect(wrong.secrets.count == 1 && wrong.secrets[0].hasPrefix(secret), "\(wrong)")
  }
}
