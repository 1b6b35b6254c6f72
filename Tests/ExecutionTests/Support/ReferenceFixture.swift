// The reference service in the same process, with a target for it.

import ConformanceModel
import HTTPModel
import JSONValue
import ReferenceService

@testable import Execution

struct ReferenceFixture {
  let transport: InProcessTransport
  private(set) var target: Target

  /// - Parameter fault: The name of a fault of the service.
  init(fault: String? = nil) throws {
    var configuration = ReferenceServiceConfiguration()
    configuration.faults = Fault.all.filter { $0.name == fault }
    let transport = InProcessTransport(configuration)
    self.transport = transport
    let key = HeaderField("Authorization", "Bearer \(transport.managerKey)")
    func request(_ method: String, _ url: String) -> Target.RequestTemplate {
      var request = Target.RequestTemplate(method: method, url: .literal(.string(url)), place: Fixture.place(40))
      request.headers = [Template.Member(key.name, .literal(.string(key.value)))]
      return request
    }
    var create = request("POST", "/connectors/orders/clients")
    create.json = .object([Template.Member("name", .reference(Reference(path: ["name"])))])
    create.statuses = [201]
    create.answer = [
      "id": .json(JSONPointer(tokens: ["client_id"])), "secret": .json(JSONPointer(tokens: ["client_secret"])),
    ]
    var clients = Target.HTTPClients()
    clients.requests = [.create: create]
    var orders = Target.Connector(name: "orders", inboundURL: "/v1/acme/orders")
    let payload: JSON = ["id": "1", "lines": [["sku": "A-1", "quantity": 2]]]
    orders.payloads = [Target.Sample(name: "valid", contentType: nil, payload: .json(.literal(payload)))]
    var target = Target(
      name: "Reference", place: Fixture.place(1), baseURL: .literal(.string(transport.url)),
      token: .init(url: "/connectors/orders/oauth/token"), connectors: [orders])
    target.clients = .http(clients)
    self.target = target
  }

  /// The same service with another target file.
  func with(_ change: (inout Target) -> Void) -> ReferenceFixture {
    var fixture = self
    change(&fixture.target)
    return fixture
  }
}
