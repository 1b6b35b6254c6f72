// The metadata of a connector's authorization server (RFC 8414).

import ConformanceModel
import JSONValue

struct ServerMetadata {
  let connector: ConnectorDefinition

  func respond(to request: ServiceRequest) -> ServiceResponse {
    do throws(ServiceProblem) {
      try request.mustBe("GET")
    } catch {
      return ServiceResponse(error)
    }
    let issuer = "\(request.base)/connectors/\(connector.name)"
    var names: [JSON] = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"]
    if request.isSecure { names.append("self_signed_tls_client_auth") }
    let methods = JSON.array(names)
    let algorithms = JSON.array(SignatureAlgorithm.allCases.map { .string($0.rawValue) })
    return ServiceResponse(
      200,
      json: [
        "issuer": .string(issuer), "token_endpoint": .string("\(issuer)/oauth/token"),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint": .string("\(issuer)/oauth/revoke"),
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint": .string("\(issuer)/oauth/introspect"),
        "introspection_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
      ])
  }
}
