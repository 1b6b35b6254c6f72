// How clients are managed at a target: its equivalent of the authentication tab.

import HTTPModel
import JSONValue

/// An operation on clients.
public enum ClientManagement: String, Sendable, Hashable, CaseIterable {
  case create, list, show, replace, delete

  public var capability: Capability {
    switch self {
    case .create: .createClient
    case .list: .listClients
    case .show: .showClient
    case .replace: .replaceClient
    case .delete: .deleteClient
    }
  }
}

extension Target {
  /// The way of managing clients.
  public enum Clients: Sendable, Hashable {
    case http(HTTPClients)
    case registration(Registration)
    case command(CommandClients)
    case prompt(PromptedClients)
    /// Existing credentials, one set or several.
    case `static`([GivenClient])
  }

  /// The HTTP requests of a target's client management.
  public struct HTTPClients: Sendable, Hashable {
    public var requests: [ClientManagement: RequestTemplate] = [:]

    public init() {}
  }

  /// Dynamic client registration (RFC 7591), with its management protocol (RFC 7592) if the target supports it.
  public struct Registration: Sendable, Hashable {
    public var url: Template
    /// The initial access token (RFC 7591 section 1.2), if the endpoint is protected.
    public var initialAccessToken: Template?
    public var headers: [Template.Member] = []
    /// Client metadata to add or replace (RFC 7591 section 2).
    public var metadata: [Template.Member] = []
    /// Whether a client can be read and deleted at its configuration endpoint (RFC 7592).
    public var isManaged = false

    public init(url: Template) { self.url = url }
  }

  /// A program that reads an operation as JSON, and prints its result as JSON.
  public struct CommandClients: Sendable, Hashable {
    public var command: [Template]
    public var operations: Set<ClientManagement> = Set(ClientManagement.allCases)
    public var program: ProgramSettings

    public init(command: [Template], _ program: ProgramSettings) {
      self.command = command
      self.program = program
    }
  }

  /// A person at the terminal, who performs the operation in a dashboard and pastes the result.
  public struct PromptedClients: Sendable, Hashable {
    public var operations: Set<ClientManagement> = [.create, .replace, .delete]
    /// The place of the dashboard, shown with each prompt.
    public var hint: String?

    public init() {}
  }

  /// Existing credentials of a connector.
  public struct GivenClient: Sendable, Hashable {
    public var id: Template
    /// `nil` if it authenticates by its key alone.
    public var secret: Template?
    public var connector: ConnectorRole
    /// Its private key; `nil` is that of the target.
    public var key: Key?
    /// Its certificate for mutual TLS; `nil` is that of the target.
    public var certificate: TLS?

    public init(
      id: Template, secret: Template?, connector: ConnectorRole, key: Key? = nil, certificate: TLS? = nil
    ) {
      self.id = id
      self.secret = secret
      self.connector = connector
      self.key = key
      self.certificate = certificate
    }
  }
}

extension Target.Clients {
  /// The operations that the target supports.
  public var operations: Set<ClientManagement> {
    switch self {
    case .http(let http): Set(http.requests.keys)
    case .registration(let registration): registration.isManaged ? [.create, .show, .delete] : [.create]
    case .command(let command): command.operations
    case .prompt(let prompt): prompt.operations
    case .static: []
    }
  }

  /// The way of authentication for which the target file registers every client.
  var registeredAuthentication: ClientAuthentication? {
    guard case .registration(let registration) = self,
      let method = registration.metadata.first(where: { $0.name == "token_endpoint_auth_method" })
    else { return nil }
    guard case .literal(.string(let name)) = method.value else { return nil }
    return ClientAuthentication(registeredName: name)
  }

  /// Whether no two clients have the same certificate.
  var haveOwnCertificates: Bool {
    guard case .static(let given) = self else { return false }
    let files = given.compactMap(\.certificate?.certificate)
    return files.count == given.count && Set(files).count == files.count
  }

  func capabilities(at connectors: [Target.Connector]) -> Set<Capability> {
    var all = Set(operations.map(\.capability))
    switch self {
    case .http(let http):
      all.insert(.httpClients)
      let requests = http.requests.values
      if requests.contains(where: { !$0.managerKeys(at: connectors).isEmpty }) { all.insert(.managerKey) }
      if connectors.count > 1, requests.allSatisfy({ !$0.connectorKeys(at: connectors).isEmpty }) {
        all.insert(.connectorManagers)
      }
      if http.requests[.create]?.sendsName == true { all.insert(.clientNames) }
    case .registration: all.formUnion([.httpClients, .registration, .clientNames])
    case .command, .prompt: all.insert(.clientNames)
    case .static: break
    }
    return all
  }
}

extension Target.RequestTemplate {
  /// Whether the request has the name that a scenario chooses for a client.
  var sendsName: Bool {
    let templates =
      [url] + [json, text].compactMap(\.self) + (headers + (form ?? [])).map(\.value)
    return templates.flatMap(\.references).contains { $0.name == "name" }
  }
}

extension Target.RequestTemplate {
  /// The header fields that authenticate the manager: those whose values come from outside the target file.
  public func managerKeys(at connectors: [Target.Connector]) -> [Template.Member] {
    headers.filter { $0.value.isKey(at: connectors) }
  }

  /// Those whose values are others for each connector.
  public func connectorKeys(at connectors: [Target.Connector]) -> [Template.Member] {
    managerKeys(at: connectors).filter { $0.value.differs(among: connectors) }
  }
}

extension Template {
  fileprivate func isKey(at connectors: [Target.Connector]) -> Bool {
    references.contains { reference in
      switch reference.path {
      case ["run", "id"], ["service", "url"]: false
      default:
        ["env", "file", "run", "service", "launch", "login"].contains(reference.name)
          || connectors.contains { $0.value(of: reference)?.isKey(at: []) == true }
      }
    }
  }

  fileprivate func differs(among connectors: [Target.Connector]) -> Bool {
    references.contains { reference in
      reference.path == ["connector", "name"] || Set(connectors.map { $0.value(of: reference) }).count > 1
    }
  }
}

extension Target.Connector {
  /// What the target file has for `${connector.NAME}`.
  fileprivate func value(of reference: Reference) -> Template? {
    guard reference.name == "connector", reference.path.count == 2 else { return nil }
    return values.first { $0.name == reference.path[1] }?.value
  }
}
