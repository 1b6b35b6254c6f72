// What a step refers to.

import HTTPModel

extension Step {
  /// The references of the step itself, not of those inside of it.
  package var references: [Reference] {
    let templates = operation.templates + [manager].compactMap(\.self)
    let subjects = expectations.map(\.subject) + condition.map(\.subject)
    return templates.flatMap(\.references) + subjects.flatMap(\.references)
  }
}

extension StepAction {
  fileprivate var templates: [Template] {
    switch self {
    case .createClient(let name, _): [name].compactMap(\.self)
    case .requestToken(let request):
      [request.id, request.secret, request.paddedTo].compactMap(\.self) + (request.assertion?.templates ?? [])
        + request.parameters.map(\.value) + request.edits.templates
    case .postPayload(let post):
      [post.pathSuffix].compactMap(\.self) + post.payload.templates + post.edits.templates
    case .http(let request):
      [request.url] + request.alternatives + [request.json].compactMap(\.self) + (request.form ?? []).map(\.value)
        + request.edits.templates
    case .listClients, .showClient, .replaceClient, .deleteClient, .showReceipt, .readInbox: []
    case .wait, .restartTarget, .repeat, .concurrently: []
    }
  }
}

extension Payload {
  fileprivate var templates: [Template] {
    switch self {
    case .json(let template), .text(let template), .validOfSize(let template): [template]
    case .chosenSample(let template), .validSpelled(let template), .validMalformed(let template): [template]
    case .sample, .hex: []
    }
  }
}

extension RequestEdits {
  fileprivate var templates: [Template] { (headers + query).map(\.value) + [body].compactMap(\.self) }
}
