// The configuration of a connector.

public import HTTPModel

/// A connector: its name, the company in its inbound URL, the entity type of its payloads, and the content codings that
/// they may have.
public struct ConnectorDefinition: Sendable, Hashable {
  public var name: String
  public var company: String
  public var entity: Entity
  public var contentCodings: [ContentCoding]

  public init(name: String, company: String, entity: Entity, contentCodings: [ContentCoding] = []) {
    self.name = name
    self.company = company
    self.entity = entity
    self.contentCodings = contentCodings
  }

  public static let standard = [
    ConnectorDefinition(name: "orders", company: "acme", entity: .order, contentCodings: [.gzip]),
    ConnectorDefinition(name: "products", company: "acme", entity: .product, contentCodings: [.gzip]),
    ConnectorDefinition(name: "invoices", company: "acme", entity: .invoice),
  ]

  /// `/v1/{company}/{service}`
  var inboundPath: String { "/v1/\(company)/\(name)" }
  var tokenPath: String { "/connectors/\(name)/oauth/token" }
}
