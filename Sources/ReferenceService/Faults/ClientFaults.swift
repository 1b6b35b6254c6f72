// The authentication tab: names, lists, deletion, and access to it.

import ConformanceModel
import JSONValue

extension Fault {
  static let clients: [Fault] = names + lists + deletions + management

  private static let names: [Fault] = [
    name("name-is-lost", "The name of a client is not stored.") { _ in "" },
    name("name-is-cut", "The name of a client is cut to twenty characters.") { String($0.prefix(20)) },
    name("name-in-capitals", "The name of a client is stored in capital letters.") { $0.uppercased() },
    name("name-in-ascii", "Characters outside ASCII in a client's name become question marks.") { name in
      String(name.map { $0.isASCII ? $0 : "?" })
    },
    name("name-is-trimmed", "White space inside a client's name is removed.") { $0.filter { !$0.isWhitespace } },
    Fault("nameless-clients", .minor, .clients, "A client without a name is created.") { $0.isName = { _ in true } },
    Fault(
      "names-beyond-ascii-refused", .minor, .clients, "A client name with characters outside ASCII is refused."
    ) {
      let correct = $0.isName
      $0.isName = { correct($0) && $0.allSatisfy(\.isASCII) }
    },
    Fault("name-can-be-used-once", .minor, .clients, "The name of a deleted client cannot be used again.") {
      let used = Locked<Set<String>>([])
      let gone = Locked<Set<String>>([])
      let correct = $0.isName
      $0.added = { _, client, _ in _ = used.withLock { $0.insert(client.name) } }
      $0.deleted = { _, client in _ = gone.withLock { $0.insert(client.name) } }
      $0.isName = { name in correct(name) && !gone.withLock { $0.contains(name) } }
    },
  ]

  private static func name(_ name: String, _ sentence: String, _ kept: @escaping @Sendable (String) -> String) -> Fault
  {
    Fault(name, .major, .clients, sentence) {
      $0.added = { state, client, _ in state.clients[client.id]?.name = kept(client.name) }
    }
  }

  private static let lists: [Fault] = [
    Fault("new-client-is-not-listed", .major, .clients, "A new client is not listed.") {
      $0.added = { state, client, lost in
        if lost == nil { state.order[client.connector]?.removeAll { $0 == client.id } }
      }
    },
    Fault("new-client-hides-the-earlier", .major, .clients, "Only the newest client is listed.") {
      $0.added = { state, client, _ in state.order[client.connector] = [client.id] }
    },
    Fault(
      "one-client-at-a-time", .critical, .clients, "A connector has one client: a new one disables the earlier ones."
    ) {
      $0.added = { state, client, _ in
        for (id, other) in state.clients where other.connector == client.connector && id != client.id {
          state.clients[id]?.secretHash = []
        }
      }
    },
    Fault("clients-are-listed-twice", .minor, .clients, "Each client is listed twice.") {
      $0.added = { state, client, _ in state.order[client.connector, default: []].append(client.id) }
    },
    Fault("refused-creation-adds", .major, .clients, "A refused creation adds a client.") {
      $0.onResponse { store, request, response in
        guard request.method == "POST", request.path.hasSuffix("/clients"), response.status != 201 else { return }
        let name = request.body.flatMap { try? JSON(parsing: $0) }?["name"]?.string ?? ""
        _ = store.add(id: Secrets.makeID("client"), name: name, connector: request.tabConnector, secretHash: [])
      }
    },
    Fault("new-client-does-not-work", .major, .clients, "The credentials of a new client do not work.") {
      $0.added = { state, client, lost in if lost == nil { state.clients[client.id]?.secretHash = [] } }
    },
    Fault("every-tenth-client-does-not-work", .major, .clients, "The credentials of every tenth client do not work.") {
      let counter = Locked(0)
      $0.added = { state, client, _ in
        if counter.withLock({ count in
          count += 1; return count % 10 == 0
        }) {
          state.clients[client.id]?.secretHash = []
        }
      }
    },
  ]

  private static let deletions: [Fault] = [
    Fault(
      "deleted-client-still-works", .critical, .clients, "A deleted client is no longer listed but still gets tokens."
    ) {
      $0.deleted = { state, client in state.clients[client.id] = client }
    },
    Fault("deleted-client-is-listed", .minor, .clients, "A deleted client gets no tokens but is still listed.") {
      $0.deleted = { state, client in
        var dead = client
        dead.secretHash = []
        state.clients[client.id] = dead
        state.order[client.connector, default: []].append(client.id)
      }
    },
    Fault("deletion-ends-siblings", .critical, .clients, "Deleting a client disables all others of its connector.") {
      $0.deleted = { state, client in
        for (id, other) in state.clients where other.connector == client.connector {
          state.clients[id]?.secretHash = []
        }
      }
    },
    Fault("deletion-by-name", .critical, .clients, "Deleting a client deletes all clients of the same name.") {
      $0.deleted = { state, client in
        let same = state.clients.values.filter { $0.name == client.name }
        for other in same {
          state.clients[other.id] = nil
          state.order[other.connector]?.removeAll { $0 == other.id }
        }
      }
    },
    Fault("tokens-outlive-their-client", .minor, .clients, "The tokens of a deleted client still work.") {
      $0.survives = { _, _ in true }
    },
    Fault(
      "deletion-ends-tokens-of-siblings", .critical, .clients,
      "Deleting a client invalidates the tokens of its connector's other clients."
    ) {
      $0.survives = { token, deleted in token.connector != deleted.connector }
    },
    Fault(
      "deletion-ends-all-tokens", .critical, .clients, "Deleting a client invalidates all tokens of all connectors."
    ) {
      $0.survives = { _, _ in false }
    },
  ]

  private static let management: [Fault] = [
    Fault("anyone-may-manage-clients", .minor, .clients, "Clients can be managed without a key.") {
      $0.mayManage = { _, _ in true }
    },
    Fault("anyone-may-list-clients", .minor, .clients, "Clients can be listed without a key.") {
      $0.mayManage = { hasKey, request in hasKey || request.method == "GET" }
    },
    Fault("manager-key-by-its-start", .minor, .clients, "The last character of the manager key is not compared.") {
      $0.managerKeyForm = { String($0.dropLast()) }
    },
    Fault(
      "any-key-manages-clients", .minor, .clients, "Any bearer token, including an access token, can manage clients."
    ) {
      $0.mayManage = { hasKey, request in
        hasKey || request.header("Authorization").flatMap(BearerAuthentication.token) != nil
      }
    },
  ]
}
