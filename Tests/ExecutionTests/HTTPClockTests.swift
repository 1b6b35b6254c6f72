// A clock that is moved by requests: what is wrong in the target file is named by its key.

import ConformanceModel
import HTTPModel
import JSONValue
import TestSupport
import Testing

@testable import Execution

@Suite("A clock that is moved by requests")
struct HTTPClockTests {
  /// Advances a clock whose service responds like this.
  private func failure(readsClock: Bool, status: Int = 200) async throws -> String? {
    var clock = Target.HTTPClock(
      advance: Target.RequestTemplate(method: "PUT", url: "/clock", place: Fixture.place(50)))
    if readsClock {
      var read = Target.RequestTemplate(method: "GET", url: "/clock", place: Fixture.place(51))
      read.answer = ["now": .json(JSONPointer(tokens: ["now"]))]
      clock.read = read
    }
    var target = Fixture.target
    target.clock = .http(clock)
    let transport = ScriptedTransport { sent throws(TransportError) in
      let isRead = sent.request.method == "GET"
      let date = HeaderField("Date", "Wed, 20 Jul 2022 10:03:08 GMT")
      let fields = status == 302 && !isRead ? [date, HeaderField("Location", "/login")] : [date]
      return WireResponse(isRead ? 200 : status, #"{"now":"2022-07-20T10:03:08Z"}"#, fields)
    }
    let driver = try #require(try Fixture.session(target, transport).drivers.makeClockDriver())
    do {
      _ = try await driver.advance(to: .documented + SimulatedDuration(milliseconds: 86_400_000))
      return nil
    } catch {
      return error.message
    }
  }

  @Test("and refuses a request names the key of that request")
  func refused() async throws {
    let message = try #require(try await failure(readsClock: true, status: 404))
    #expect(message.hasSuffix("HTTP 404; correct 'clock.advance' in the target file"), "\(message)")
    let moved = try #require(try await failure(readsClock: true, status: 302))
    #expect(
      moved.hasSuffix("HTTP 302 to /login; redirects are not followed; correct 'clock.advance' in the target file"),
      "\(moved)")
  }

  @Test("and keeps its time names the keys that may be wrong", arguments: [true, false])
  func kept(readsClock: Bool) async throws {
    let message = try #require(try await failure(readsClock: readsClock))
    let keys = readsClock ? "'clock.advance' or 'clock.read'" : "'clock.advance'"
    #expect(message.hasSuffix("; if the service has this time, correct \(keys) in the target file"), "\(message)")
  }
}
