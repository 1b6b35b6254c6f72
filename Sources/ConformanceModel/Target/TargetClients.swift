// How clients are managed at a target: the authentication tab, in whatever form it has there.

import HTTPModel
import JSONValue

/// What can be done with clients.
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
  /// Who carries client management out.
  public enum Clients: Sendable, Hashable {
    case http(HTTPClients)
    case registration(Registration)
    case command(CommandClients)
    case prompt(PromptedClients)
    /// Given credentials: one set, or several.
    case `static`([GivenClient])
  }

  /// Requests that a target's administration takes.
  public struct HTTPClients: Sendable, Hashable {
    public var requests: [ClientManagement: RequestTemplate] = [:]

    public init() {}
  }

  /// Dynamic client registration (RFC 7591), with its management protocol (RFC 7592) where that is offered.
  public struct Registration: Sendable, Hashable {
    public var url: Template
    /// The initial access token (RFC 7591 section 1.2), where the endpoint is protected.
    public var initialAccessToken: Template?
    public var headers: [Template.Member] = []
    /// Client metadata beside or in place of the usual (RFC 7591 section 2).
    public var metadata: [Template.Member] = []
    /// A client can be read and deleted at its configuration endpoint (RFC 7592).
    public var isManaged = false

    public init(url: Template) { self.url = url }
  }

  /// A program that is given an operation as JSON, and answers in JSON.
  public struct CommandClients: Sendable, Hashable {
    public var command: [Template]
    public var operations: Set<ClientManagement> = Set(ClientManagement.allCases)
    /// Seconds that it may take.
    public var timeLimit = 30.0

    public init(command: [Template]) { self.command = command }
  }

  /// A person at the terminal, who does in a dashboard what is asked for and pastes what it shows.
  public struct PromptedClients: Sendable, Hashable {
    public var operations: Set<ClientManagement> = [.create, .replace, .delete]
    /// Where to do it, shown with each question.
    public var hint: String?

    public init() {}
  }

  public struct GivenClient: Sendable, Hashable {
    public var id: Template
    public var secret: Template
    public var connector: ConnectorRole

    public init(id: Template, secret: Template, connector: ConnectorRole) {
      self.id = id
      self.secret = secret
      self.connector = connector
    }
  }
}

extension Target.Clients {
  public var operations: Set<ClientManagement> {
    switch self {
    case .http(let http): Set(http.requests.keys)
    case .registration(let registration): registration.isManaged ? [.create, .show, .delete] : [.create]
    case .command(let command): command.operations
    case .prompt(let prompt): prompt.operations
    case .static: []
    }
  }

  var capabilities: Set<Capability> {
    var all = Set(operations.map(\.capability))
    switch self {
    case .http(let http):
      all.insert(.httpClients)
      if http.requests[.create]?.headers.contains(where: \.isKey) == true { all.insert(.managerKey) }
    case .registration: all.formUnion([.httpClients, .registration])
    case .command, .prompt, .static: break
    }
    return all
  }
}

extension Template.Member {
  /// A header field whose value comes from outside of the target file: by it the manager is known.
  public var isKey: Bool { value.references.contains { ["env", "file", "run", "service"].contains($0.name) } }
}
