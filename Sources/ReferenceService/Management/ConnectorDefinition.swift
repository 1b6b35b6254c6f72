// The configuration of a connector.

/// A connector: its name, the company in its inbound URL, and the entity type of its payloads.
public struct ConnectorDefinition: Sendable, Hashable {
  public var name: String
  public var company: String
  public var entity: Entity

  public init(name: String, company: String, entity: Entity) {
    self.name = name
    self.company = company
    self.entity = entity
  }

  public static let standard = [
    ConnectorDefinition(name: "orders", company: "acme", entity: .order),
    ConnectorDefinition(name: "products", company: "acme", entity: .product),
    ConnectorDefinition(name: "invoices", company: "acme", entity: .invoice),
  ]

  /// `/v1/{company}/{service}`
  var inboundPath: String { "/v1/\(company)/\(name)" }
  var tokenPath: String { "/connectors/\(name)/oauth/token" }
}
