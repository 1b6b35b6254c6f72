import ConformanceModel
import Testing

@testable import Exploration

@Suite("What is true afterwards") struct WorldTests {
  let sample = Sample()

  private func after(_ seconds: Int64, _ change: (inout Facts) -> Void = { _ in }) -> String {
    Sample(change).after(.wait(.border(token: "token", seconds: seconds))).post()
  }

  @Test("a token is valid until the second before its expiry, and then no more")
  func expiry() {
    #expect(after(-1) == "success")
    #expect(after(0) == "refusal 401")
    #expect(after(1) == "refusal 401")
    #expect(sample.after(.wait(.seconds(86_399))).post() == "success")
    #expect(sample.after(.wait(.seconds(86_400))).post() == "refusal 401")
  }

  @Test("a token that has ended names the requirement that says so, which may be a recommendation")
  func reasons() {
    func covers(_ end: ModelAction) -> [String]? {
      let after = Sample { $0.tokensEndWithTheirSet = true }.after(end)
      let post = PostCall(name: "p", token: "token", client: "shop", size: 2000)
      return after.model.rule(post, in: after.world)?.covers
    }
    #expect(covers(.wait(.seconds(90_000))) == ["EXP-03"])
    #expect(covers(.manage(ManageCall(client: "erp", action: .delete))) == ["CLI-20"])
    #expect(covers(.manage(ManageCall(client: "erp", replacement: "new", action: .replace))) == ["CLI-08"])
    #expect(covers(.tokenState(TokenStateCall(token: "token", endpoint: .revocation))) == ["BRR-11"])
  }

  @Test("the second of the expiry is what the target declares")
  func expiryInstant() {
    #expect(after(0) { $0.expiryInstant = "inclusive" } == "success")
    #expect(after(1) { $0.expiryInstant = "inclusive" } == "refusal 401")
    #expect(after(0) { $0.expiryInstant = "either" } == "either 401")
  }

  @Test("within the leeway it is open whether a token is valid")
  func leeway() {
    let change: (inout Facts) -> Void = { $0.leeway = 60 }
    #expect(after(-1, change) == "success")
    #expect(Sample(change).after(.wait(.seconds(86_400))).post() == "either 401")
    #expect(Sample(change).after(.wait(.seconds(86_460))).post() == "either 401")
    #expect(Sample(change).after(.wait(.seconds(86_461))).post() == "refusal 401")
    // a wait beyond the expiry is one beyond the leeway
    #expect(after(1, change) == "refusal 401")
  }

  @Test("a clock that runs leaves the time around the expiry open")
  func flowingClock() {
    let change: (inout Facts) -> Void = { $0.capabilities.remove(.exactClock) }
    #expect(after(-1, change) == "success")
    #expect(after(1, change) == "refusal 401")
    #expect(Sample(change).after(.wait(.seconds(86_399))).post() == "either 401")
    #expect(Sample(change).after(.wait(.seconds(86_401))).post() == "either 401")
  }

  @Test("the lifetime is that which the target declares, from the issue of each token")
  func lifetime() {
    #expect(Sample { $0.lifetime = 3600 }.after(.wait(.seconds(3600))).post() == "refusal 401")
    let later = sample.after(
      .wait(.seconds(1000)), .token(TokenCall(client: "erp", name: "later")), .wait(.seconds(85_400)))
    #expect(later.post("token") == "refusal 401")
    #expect(later.post("later") == "success")
  }

  @Test("a token that was revoked by its client is invalid, and one that others tried to revoke is not")
  func revocation() {
    func revoke(_ caller: TokenStateCall.Caller, _ subject: TokenStateCall.Subject = .token) -> String {
      var call = TokenStateCall(token: "token", other: "shop")
      (call.endpoint, call.caller, call.subject) = (.revocation, caller, subject)
      return sample.after(.tokenState(call)).post()
    }
    #expect(revoke(.owner) == "refusal 401")
    #expect(revoke(.owner, .unknown) == "success")
    #expect(revoke(.other) == "success")
    #expect(revoke(.nobody) == "success")
    #expect(revoke(.wrongSecret) == "success")
  }

  @Test("the tokens of a deleted client end or survive, as the target declares, and those of others survive")
  func deletion() {
    let delete = ModelAction.manage(sample.call("erp", .delete))
    #expect(sample.after(delete).post("token") == "refusal 401")
    #expect(sample.after(delete).post("shop-token") == "success")
    #expect(sample.after(delete).post("depot-token", at: .second) == "success")
    #expect(Sample { $0.tokensEndWithTheirClient = false }.after(delete).post("token") == "success")
  }

  @Test("the tokens of a replaced set end or survive, as the target declares")
  func replacement() {
    let replace = ModelAction.manage(sample.call("erp", .replace))
    #expect(sample.after(replace).post("token") == "success")
    let ending = Sample { $0.tokensEndWithTheirSet = true }.after(replace)
    #expect(ending.post("token") == "refusal 401")
    #expect(ending.post("shop-token") == "success")
  }

  @Test("what a stranger asks for does not happen")
  func strangers() {
    for manager in [Manager.nobody, .accessToken, .unknownKey, .wrongKey, .secret, .otherConnector] {
      let sample = sample.after(.manage(sample.call("erp", .delete, by: manager)))
      #expect(sample.token("erp") == "success")
      #expect(sample.post() == "success")
    }
  }

  @Test("an accepted payload is delivered once to its connector, a refused one never, and an open one is not counted")
  func deliveries() {
    func post(_ name: String, _ change: (inout PostCall) -> Void = { _ in }) -> ModelAction {
      var call = PostCall(name: name, token: "token", client: "erp", size: 2000 + Int(name.utf8.first ?? 0))
      change(&call)
      return .post(call)
    }
    let sample = sample.after(
      post("accepted"), post("refused") { $0.credential = .none }, post("open") { $0.path = .slash },
      post("foreign") { $0.connector = .second })
    let first = sample.model.deliveries(at: .first, in: sample.world).map { "\($0.payload) \($0.times)" }
    #expect(Set(first) == ["accepted 1", "refused 0", "foreign 0"])
    let second = sample.model.deliveries(at: .second, in: sample.world).map { "\($0.payload) \($0.times)" }
    #expect(Set(second) == ["accepted 0", "refused 0", "open 0", "foreign 0"])
  }

  @Test("what becomes of a new set and its tokens if the old one is deleted is left open")
  func replacedAndDeleted() {
    let replaced = Sample().after(
      .manage(ManageCall(client: "erp", replacement: "new", action: .replace)),
      .token(TokenCall(client: "new", name: "new-token")))
    #expect(replaced.post("new-token") == "success")
    let deleted = replaced.after(.manage(ManageCall(client: "erp", action: .delete)))
    #expect(deleted.post("new-token") == "either 401")
    #expect(deleted.token("new") == "senseless")
    #expect(deleted.post("shop-token") == "success")
  }

  @Test("bytes that are sent again are delivered as often as they were accepted")
  func deliveriesOfTheSameBytes() {
    func post(_ name: String, _ change: (inout PostCall) -> Void = { _ in }) -> ModelAction {
      var call = PostCall(name: name, token: "token", client: "erp", size: 2000, other: "first")
      change(&call)
      return .post(call)
    }
    let sample = sample.after(post("first"), post("again") { $0.payload = .again })
    let delivered = sample.model.deliveries(at: .first, in: sample.world).map { "\($0.payload) \($0.times)" }
    #expect(Set(delivered) == ["first 2", "again 2"])
    // a sample is the same each time
    let samples = self.sample.after(post("one") { $0.payload = .unicode }, post("two") { $0.payload = .unicode })
    let unicode = samples.model.deliveries(at: .first, in: samples.world).map { "\($0.payload) \($0.times)" }
    #expect(Set(unicode) == ["one 2", "two 2"])
  }

  @Test("a chunked payload that is accepted is delivered")
  func chunked() {
    var call = PostCall(name: "chunked", token: "token", client: "erp", size: 2000)
    call.coding = .chunked
    let sample = sample.after(.post(call))
    #expect(sample.model.deliveries(at: .first, in: sample.world).map(\.times) == [1])
  }

  @Test("a client that a stranger wanted to create has a name that no list may show")
  func strays() {
    let sample = sample.after(.create(CreateCall(name: "stray", manager: .nobody)))
    #expect(sample.world.refusedNames[.first] == ["stray stray ${unique}"])
    #expect(sample.world.clients["stray"] == nil)
    #expect(self.sample.after(.create(CreateCall(name: "own"))).world.refusedNames.isEmpty)
  }

  @Test("a token of the other connector manages nothing, and without one it cannot be tried")
  func foreignManagers() {
    #expect(sample.manage("erp", .show, by: .foreignToken) == "refusal 401 403 404")
    #expect(sample.manage("depot", .delete, by: .foreignToken) == "refusal 401 403 404")
    #expect(Sample { $0.capabilities.remove(.managerKey) }.manage("erp", .show, by: .nobody) == "senseless")
    var world = sample.world
    world.tokens["depot-token"] = nil
    #expect(sample.model.rule(.manage(sample.call("erp", .show, by: .foreignToken)), in: world) == nil)
    #expect(world.token(of: .accessToken, at: .first) == "token")
    #expect(sample.world.token(of: .foreignToken, at: .first) == "depot-token")
  }

  @Test("metadata has to be right where there is any")
  func metadata() {
    #expect(sample.text(.metadata(MetadataCall())) == "success")
    #expect(Sample { $0.capabilities.remove(.metadata) }.text(.metadata(MetadataCall())) == "senseless")
    #expect(
      Sample { $0.capabilities.remove(.privateKeyJWT) }.text(.metadata(MetadataCall(part: .keyAssertion)))
        == "senseless")
  }

  @Test("only the manager manages clients")
  func managers() {
    for action in ManageCall.Action.allCases {
      #expect(sample.manage("erp", action) == "success")
      for manager in Manager.allCases where manager != .manager {
        #expect(sample.manage("erp", action, by: manager) == "refusal 401 403 404")
      }
    }
    #expect(sample.text(.list(.first, .manager)) == "success")
    #expect(sample.text(.list(.first, .nobody)) == "refusal 401 403 404")
    #expect(sample.create { $0.manager = .accessToken } == "refusal 401 403 404")
  }

  @Test("a deleted client is gone")
  func gone() {
    let sample = sample.after(.manage(sample.call("erp", .delete)))
    #expect(sample.manage("erp", .show) == "refusal 4xx")
    #expect(sample.manage("erp", .replace) == "refusal 4xx")
    #expect(sample.manage("erp", .delete) == "either 4xx")
  }

  @Test(
    "names are as the target declares",
    arguments: [("refused", "refusal 400 422"), ("accepted", "success"), ("either", "either 400 422")])
  func names(declared: String, expected: String) {
    #expect(Sample { $0.namelessClient = declared }.create { $0.naming = .absent } == expected)
    #expect(Sample { $0.namelessClient = declared }.create { $0.naming = .empty } == expected)
    #expect(sample.create { $0.naming = .same } == "either 400 409 422")
    #expect(sample.create { ($0.naming, $0.other) = (.same, "depot") } == "senseless")
    #expect(sample.create { ($0.naming, $0.other) = (.sameElsewhere, "depot") } == "success")
    #expect(sample.create { $0.naming = .long } == "success")
    #expect(sample.create { $0.naming = .unicode } == "either 400 422")
    #expect(sample.create { $0.naming = .used } == "senseless")
    #expect(sample.after(.manage(sample.call("erp", .delete))).create { $0.naming = .used } == "either 400 409 422")
  }

  @Test("introspection and revocation need the client of the token")
  func tokenState() {
    #expect(sample.state { $0.endpoint = .revocation } == "success")
    #expect(sample.state() == "either 401 403")
    #expect(sample.state { $0.caller = .nobody } == "refusal 400 401 403")
    #expect(sample.state { ($0.endpoint, $0.caller) = (.revocation, .wrongSecret) } == "refusal 400 401 403")
    #expect(sample.state { ($0.endpoint, $0.caller) = (.revocation, .other) } == "either 400 401 403")
    #expect(Sample { $0.capabilities.remove(.revocation) }.state { $0.endpoint = .revocation } == "senseless")
  }

  @Test("a target whose clock cannot move has no waits")
  func noClock() {
    #expect(Sample { $0.capabilities.remove(.moveClock) }.text(.wait(.seconds(1))) == "senseless")
    #expect(Sample { $0.knowsLifetime = false }.text(.wait(.seconds(1))) == "senseless")
    // time only moves forward
    #expect(sample.after(.wait(.seconds(90_000))).text(.wait(.border(token: "token", seconds: 1))) == "senseless")
  }
}
