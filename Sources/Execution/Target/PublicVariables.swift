// The values from outside of a target file that are no secrets: a client id, a host name, a scope.

import ConformanceModel
import Redaction

extension Target {
  /// The references to environment variables and files that are used only where no credential is: as client ids, in
  /// URLs, in payloads and in ordinary parameters. All others are masked in everything that a run writes.
  var publicVariables: Set<String> {
    var uses = VariableUses()
    uses.add(url: baseURL)
    uses.add(url: token.url)
    uses.confidential += token.headers.map(\.value) + [token.bearer.value]
    uses.add(token.parameters)
    uses.open += [token.scope, token.assertions.audience, token.assertions.key?.id].compactMap(\.self)
    uses.confidential += [token.assertions.key?.pem].compactMap(\.self)
    for url in endpoints.values { uses.add(url: url) }
    for connector in connectors {
      uses.add(url: connector.inboundURL)
      uses.add(connector.values)
      if let lookup = connector.receiptLookup { uses.add(lookup) }
      for sample in connector.payloads {
        switch sample.payload {
        case .json(let template), .text(let template): uses.open.append(template)
        case .hex, .sample, .chosenSample, .validOfSize, .validSpelled, .validMalformed: break
        }
      }
    }
    switch clients {
    case .static(let given):
      uses.open += given.map(\.id)
      uses.open += given.compactMap(\.key?.id)
      uses.confidential += given.flatMap { [$0.secret, $0.key?.pem, $0.certificate?.keyPassword].compactMap(\.self) }
    case .http(let http): for request in http.requests.values { uses.add(request) }
    case .registration(let registration):
      uses.add(url: registration.url)
      uses.confidential += registration.headers.map(\.value) + [registration.initialAccessToken].compactMap(\.self)
      uses.add(registration.metadata)
    case .command(let command): uses.add(command.command, command.program)
    case .prompt, nil: break
    }
    switch inbox?.way {
    case .request(let read): uses.add(read)
    case .command(let command): uses.add(command.command, command.program)
    case nil: break
    }
    if let login {
      for request in login.requests { uses.add(request) }
      if let page = login.page { uses.add(url: page) }
    }
    switch clock {
    case .http(let http): for request in [http.read, http.advance].compactMap(\.self) { uses.add(request) }
    case .process(let process): if let proof = process.proof { uses.add(proof) }
    case .command(let command): uses.add(command.advance + (command.read ?? []), command.program)
    case .wall, nil: break
    }
    if let signature { uses.add(signature.command, signature.program) }
    if case .command(let launch) = launch {
      uses.confidential += launch.command + launch.environment.map(\.value)
      for ready in launch.ready { uses.add(ready) }
    }
    return uses.publicVariables
  }
}

/// Where a target file uses the values from outside of it.
private struct VariableUses {
  /// The places in which a value is shown to everybody.
  var open: [Template] = []
  var confidential: [Template] = []

  mutating func add(_ request: Target.RequestTemplate) {
    add(url: request.url)
    confidential += request.headers.map(\.value) + [request.text].compactMap(\.self)
    if let json = request.json { add(json) }
    add(request.form ?? [])
  }

  mutating func add(_ command: [Template], _ program: Target.ProgramSettings) {
    confidential += command + program.environment.map(\.value)
  }

  mutating func add(_ members: [Template.Member]) {
    for member in members {
      if SecretName.suggestsSecret(member.name) { confidential.append(member.value) } else { add(member.value) }
    }
  }

  private mutating func add(_ template: Template) {
    switch template {
    case .object(let members): add(members)
    case .array(let items): for item in items { add(item) }
    case .literal, .reference, .text: open.append(template)
    }
  }

  /// A value in a URL is a secret if the parameter in front of it says so: `?api_key=${env.K}`.
  mutating func add(url: Template) {
    guard case .text(let segments) = url else { return open.append(url) }
    var before = ""
    for segment in segments {
      switch segment {
      case .literal(let text): before = text
      case .reference(let reference):
        let name = before.last == "=" ? before.dropLast().split { "?&;".contains($0) }.last : nil
        let isSecret = name.map { SecretName.suggestsSecret(String($0)) } ?? false
        if isSecret { confidential.append(.reference(reference)) } else { open.append(.reference(reference)) }
        before = ""
      }
    }
  }

  var publicVariables: Set<String> {
    // whatever the place, the name of the variable may say that it is a key
    names(in: open).subtracting(names(in: confidential)).filter { !SecretName.suggestsSecret($0) }
  }

  private func names(in templates: [Template]) -> Set<String> {
    Set(templates.flatMap(\.references).filter { ["env", "file", "launch"].contains($0.name) }.map(\.variable))
  }
}

extension Reference {
  /// The variable without its filters: `env.CLIENT_ID`.
  var variable: String { path.joined(separator: ".") }
}
