// The delay between attempts to sign in.

import ConformanceModel
import Testing

@testable import ReferenceService

@Suite("repeated wrong keys at the sign-in form")
struct SignInLimitTests {
  @Test("have no delay at first, then one that doubles up to five minutes, and a right key ends it")
  func delays() {
    let time = Locked(Duration.zero)
    let limit = SignInLimit { time.withLock { $0 } }
    for _ in 1...5 { #expect(limit.attempt { false } == .wrong) }
    for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
      #expect(limit.attempt { true } == .delayed(seconds: seconds))
      time.withLock { $0 += .seconds(seconds) - .milliseconds(1) }
      #expect(limit.attempt { true } == .delayed(seconds: 1))
      time.withLock { $0 += .milliseconds(1) }
      #expect(limit.attempt { false } == .wrong)
    }
    time.withLock { $0 += .seconds(300) }
    #expect(limit.attempt { true } == .accepted)
    for _ in 1...5 { #expect(limit.attempt { false } == .wrong) }
    #expect(limit.attempt { true } == .delayed(seconds: 1))
  }

  @Test("get 429 with Retry-After, also for the right key, until the delay is over")
  func form() async throws {
    let time = Locked(Duration.zero)
    try await withService({ $0.elapsed = { time.withLock { $0 } } }) { api async throws in
      var page = PageClient(api)
      for _ in 1...5 { #expect(try await page.post("/sign-in", [("key", "wrong")]).status == 403) }
      for key in ["wrong", api.managerKey] {
        let response = try await page.post("/sign-in", [("key", key)])
        #expect(response.status == 429 && response.header("Retry-After") == "1" && response.header("Set-Cookie") == nil)
        #expect(response.text.contains("There were too many wrong keys. Try again in 1 s"))
      }
      // the API and sessions are not affected
      #expect(try await api.manage("GET", "/connectors/orders/clients").status == 200)
      time.withLock { $0 += .seconds(1) }
      #expect(try await page.post("/sign-in", [("key", api.managerKey)]).status == 303)
      #expect(try await page.get().status == 200)
    }
  }

  @Test("of pages of other origins do not count")
  func otherOrigins() async throws {
    try await withService({ $0.elapsed = { .zero } }) { api async throws in
      var page = PageClient(api)
      for _ in 1...10 {
        #expect(try await page.post("/sign-in", [("key", "wrong")], origin: "https://evil.example").status == 403)
      }
      #expect(try await page.post("/sign-in", [("key", api.managerKey)]).status == 303)
    }
  }
}
