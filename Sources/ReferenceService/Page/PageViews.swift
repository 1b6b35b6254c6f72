// The values that the templates show.

import ConformanceModel

/// The parts that all pages have, and the content of one.
struct PageView {
  struct Link {
    let name: String
    let path: String
    let isHere: Bool
  }

  let title: String
  /// The connector's name.
  let connector: String
  /// The path of the tab.
  let base: String
  let connectors: [Link]
  /// `nil` without a session.
  var formToken: String?
  let content: Any
}

struct SignInView {
  /// Why the key is refused.
  let error: String?
}

struct TabView {
  let tokenEndpoint: String
  let inboundURL: String
  let clients: [ClientView]
  let hasClients: Bool
  let notice: Notice?

  init(connector: ConnectorDefinition, request: ServiceRequest, clients: [Store.Client], notice: Notice?) {
    tokenEndpoint = request.base + connector.tokenPath
    inboundURL = request.base + connector.inboundPath
    self.clients = clients.enumerated().map { ClientView($1, number: $0 + 1) }
    hasClients = !clients.isEmpty
    self.notice = notice
  }
}

struct ClientView {
  let id: String
  /// The id as part of a path.
  let pathID: String
  let name: String
  let createdAt: String
  let createdAtInWords: String
  /// Its position in the list, counted from 1.
  let number: Int

  init(_ client: Store.Client, number: Int = 1) {
    id = client.id
    pathID = FormEncoding.encode(client.id)
    name = client.name
    createdAt = client.createdAt.description
    createdAtInWords = createdAt.replacing("T", with: " ").replacing("Z", with: " UTC")
    self.number = number
  }
}

/// The form with the name of a new client.
struct CreateView {
  /// Identifies the form.
  let form: String
  let name: String
  /// Why the name is refused.
  let error: String?
}

/// New credentials; `nil` if they were shown before.
struct CredentialsView {
  struct Shown {
    let id: String
    let secret: String
    let name: String
    let tokenEndpoint: String
  }
  let shown: Shown?
}

/// The question before a client is replaced or deleted.
struct QuestionView {
  let form: String
  let client: ClientView
}

struct ProblemView {
  let status: Int
  let sentence: String
}
