// Who carries client management out at a target.

import ConformanceModel
import HTTPModel
import HTTPTransport
import JSONValue

/// What is to be done with clients, and with everything that templates can ask for.
struct ClientRequest: Sendable {
  var operation: ClientManagement
  var connector: Target.Connector
  /// The connector's name and own values.
  var connectorValues: JSON
  /// The name that a new client is to have.
  var name: JSON = .null
  /// The client that it is about.
  var client: JSON?
  var unique: JSON = .null
  /// Who is to do it in place of the manager: a bearer token, or `none` for nobody.
  var manager: String?

  /// The values as templates reach them.
  var values: [String: JSON] {
    var values: [String: JSON] = ["connector": connectorValues, "name": name, "unique": unique]
    if let client { values["client"] = client }
    return values
  }
}

/// Sends a request for a driver, counted and paced like all others.
typealias Send = @Sendable (WireRequest) async throws -> StepResult

/// One way of managing clients.
protocol ClientDriver: Sendable {
  /// Does what is asked for. A refusal of the target is an answer like any other.
  ///
  /// - Throws: `TargetError` or `TransportError` where the target could not be asked.
  func perform(_ order: ClientRequest, send: Send) async throws -> StepResult
}

extension TargetSession {
  /// The driver of the target; none where clients are given, or not managed at all.
  func makeClientDriver() -> (any ClientDriver)? {
    switch target.clients {
    case .http(let http): HTTPClientDriver(clients: http, session: self)
    case .registration(let registration): RegistrationDriver(registration: registration, session: self)
    case .command(let command): CommandClientDriver(clients: command, session: self)
    case .prompt(let prompt): PromptDriver(clients: prompt, session: self)
    case .static, nil: nil
    }
  }
}

extension Exchange {
  /// What a driver that speaks no HTTP did, in the shape of an exchange, so that it stands in the log like one.
  static func performed(_ what: String, _ input: JSON, _ output: [UInt8], seconds: Double) -> Exchange {
    Exchange(
      request: WireRequest(method: "RUN", url: what, body: input.compactBytes),
      response: WireResponse(status: 200, version: "", body: output),
      timings: Timings(dns: nil, connect: nil, tls: nil, firstByte: nil, total: seconds))
  }
}
