// Certificates of clients (RFC 8705) that are wrongly accepted or refused.

import ConformanceModel
import JSONValue

extension Fault {
  static let certificates: [Fault] = [
    Fault(
      "certificate-not-checked", .critical, .certificates, "A client that registered a certificate does not need it."
    ) {
      $0.certified = { store, connector, id, _ in
        store.client(id, of: connector).flatMap { client in client.certificates.isEmpty ? nil : client }
      }
    },
    Fault("any-certificate-accepted", .critical, .certificates, "Any certificate authenticates any client.") {
      $0.certified = { store, connector, id, hash in hash == nil ? nil : store.client(id, of: connector) }
    },
    Fault(
      "certificate-of-a-newer-client-accepted", .critical, .certificates,
      "The certificate of a client authenticates those that were created before it, too."
    ) {
      $0.certified = { store, connector, id, hash in
        let clients = store.clients(of: connector)
        guard let client = store.client(id, of: connector), let place = clients.firstIndex(where: { $0.id == id })
        else {
          return nil
        }
        return clients[place...].contains { client in hash.map(client.certificates.contains) ?? false } ? client : nil
      }
    },
    Fault(
      "client-id-beside-certificate-ignored", .critical, .certificates,
      "A certificate authenticates the client that registered it, whatever the client_id is."
    ) {
      $0.certified = { store, connector, _, hash in
        store.clients(of: connector).last { client in hash.map(client.certificates.contains) ?? false }
      }
    },
    Fault("certificates-are-not-taken", .major, .certificates, "Certificates of clients are refused.") {
      $0.certified = { _, _, _, _ in nil }
    },
    Fault(
      "certificate-taken-once", .major, .certificates,
      "A certificate authenticates its client once; further requests are refused."
    ) {
      let seen = Locked<Set<[String]>>([])
      let own = $0.certified
      $0.certified = { store, connector, id, hash in
        guard let client = own(store, connector, id, hash) else { return nil }
        return seen.withLock { $0.insert([connector, id]).inserted } ? client : nil
      }
    },
    Fault(
      "certificate-crosses-connectors", .critical, .certificates,
      "A certificate authenticates its client at the other connectors, too."
    ) {
      let own = $0.certified
      $0.certified = { store, _, id, hash in
        store.connectors.lazy.compactMap { own(store, $0.name, id, hash) }.first
      }
    },
    Fault(
      "metadata-without-certificates", .major, .certificates, "The metadata does not list self_signed_tls_client_auth."
    ) {
      $0.onResponse { _, request, response in
        guard request.path.hasPrefix("/.well-known/") else { return }
        response.editMembers { $0["token_endpoint_auth_methods_supported"] = ["client_secret_basic"] }
      }
    },
  ]
}
