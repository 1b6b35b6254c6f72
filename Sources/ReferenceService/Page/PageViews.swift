// What the templates show.

import ConformanceModel

/// A page: what all have, and the content of its own.
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
  /// `nil` where nobody is signed in.
  var formToken: String?
  let content: Any
}

struct SignInView {
  let isWrong: Bool
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
  /// Its place in the list.
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

/// A form that asks for a name.
struct CreateView {
  /// The form's own number.
  let form: String
  let name: String
  /// What is wrong with the name.
  let error: String?
}

/// A set whose secret is shown, or was.
struct CredentialsView {
  struct Shown {
    let id: String
    let secret: String
    let name: String
    let tokenEndpoint: String
  }
  let shown: Shown?
}

/// A question before something is done to a client.
struct QuestionView {
  let form: String
  let client: ClientView
}

struct ProblemView {
  let status: Int
  let sentence: String
}
