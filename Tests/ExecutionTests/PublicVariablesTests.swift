import ConformanceModel
import JSONValue
import Testing

@testable import Execution

@Suite("The value of an environment variable") struct PublicVariablesTests {
  private static func reference(_ name: String) -> Template { .reference(Reference(path: ["env", name])) }

  private static func target(_ edit: (inout Target) -> Void) -> Target {
    var target = Fixture.target
    edit(&target)
    return target
  }

  private static func request(_ url: Template, json: Template? = nil) -> Target.RequestTemplate {
    var request = Target.RequestTemplate(method: "POST", url: url, place: Fixture.place(70))
    request.json = json
    return request
  }

  private static func managed(_ request: Target.RequestTemplate) -> Target {
    var clients = Target.HTTPClients()
    clients.requests = [.create: request]
    return target { $0.clients = .http(clients) }
  }

  private static func given(id: String, secret: String) -> Target.Clients {
    .static([.init(id: reference(id), secret: reference(secret), connector: .first)])
  }

  @Test(
    "is no secret as a client id, in a URL, in a payload and in an ordinary parameter",
    arguments: [
      target { $0.clients = given(id: "X", secret: "Y") }, target { $0.baseURL = reference("X") },
      target { $0.token.url = .text([.literal("/t?tenant="), .reference(Reference(path: ["env", "X"]))]) },
      target { $0.token.parameters = [.init("scope", reference("X"))] },
      managed(request("/c", json: .object([.init("names", .array([reference("X")]))]))),
    ])
  func open(target: Target) { #expect(target.publicVariables == ["env.X"]) }

  @Test(
    "is a secret if any place uses it as one, or if its name says so",
    arguments: [
      target { $0.clients = given(id: "X", secret: "X") },
      target {
        $0.baseURL = reference("X")
        $0.token.headers = [.init("X-Trace", reference("X"))]
      },
      target { $0.token.url = .text([.literal("/t?a=b&api_key="), .reference(Reference(path: ["env", "X"]))]) },
      target { $0.token.parameters = [.init("client_assertion", reference("X"))] },
      managed(request("/c", json: .object([.init("list", .array([.object([.init("secret", reference("X"))])]))]))),
      target {
        $0.baseURL = reference("X")
        $0.clients = .command(.init(command: ["manage", reference("X")], .init(folder: ".")))
      },
      target { $0.baseURL = reference("API_TOKEN") },
    ])
  func confidential(target: Target) { #expect(target.publicVariables == []) }
}
