// The values from outside of a target file that are no secrets: a client id, a host name, a scope.

import ConformanceModel
import Redaction

extension Target {
  /// The references to environment variables and files that are used only where no credential is: as client ids, in
  /// URLs, in payloads and in ordinary parameters. All others are masked in everything that a run writes.
  var publicVariables: Set<String> {
    var open: [Template] = [baseURL, token.url] + endpoints.values
    var confidential = token.headers.map(\.value) + [token.bearer.value]
    func sort(_ members: [Template.Member]) {
      for member in members {
        if SecretName.suggestsSecret(member.name) { confidential.append(member.value) } else { sort(member.value) }
      }
    }
    func sort(_ template: Template) {
      if case .object(let members) = template { sort(members) } else { open.append(template) }
    }
    func sort(_ request: RequestTemplate) {
      open.append(request.url)
      confidential += request.headers.map(\.value) + [request.text].compactMap(\.self)
      if let json = request.json { sort(json) }
      sort(request.form ?? [])
    }
    sort(token.parameters)
    for connector in connectors {
      open.append(connector.inboundURL)
      sort(connector.values)
      for sample in connector.payloads {
        switch sample.payload {
        case .json(let template), .text(let template): open.append(template)
        case .hex, .sample, .validOfSize: break
        }
      }
    }
    switch clients {
    case .static(let given):
      open += given.map(\.id)
      confidential += given.map(\.secret)
    case .http(let http): for request in http.requests.values { sort(request) }
    case .registration(let registration):
      open.append(registration.url)
      confidential += registration.headers.map(\.value) + [registration.initialAccessToken].compactMap(\.self)
      sort(registration.metadata)
    case .command, .prompt, nil: break
    }
    if let inbox { sort(inbox.read) }
    let names = { (templates: [Template]) in
      Set(templates.flatMap(\.references).filter { ["env", "file"].contains($0.name) }.map(\.variable))
    }
    // in a URL too, the name may say that it is a key
    return names(open).subtracting(names(confidential)).filter { !SecretName.suggestsSecret($0) }
  }
}

extension Reference {
  /// The variable without its filters: `env.CLIENT_ID`.
  var variable: String { path.joined(separator: ".") }
}
