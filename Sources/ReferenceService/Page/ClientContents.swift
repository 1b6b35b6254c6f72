// The pages of one client: creating it, its credentials, and the questions before it is replaced or deleted.

import ConformanceModel

/// What the pages show of a client.
struct ListedClient {
  let id: String
  let name: String
  let createdAt: String

  init(_ client: Store.Client) {
    id = client.id
    name = client.name
    createdAt = client.createdAt.description
  }

  var createdAtInWords: String { createdAt.replacing("T", with: " ").replacing("Z", with: " UTC") }

  func path(in frame: PageFrame) -> String { "\(frame.base)/clients/\(FormEncoding.encode(id))" }
}

/// The form with the name of a new client.
struct CreateContent: PageContent {
  /// Identifies the form.
  let form: String
  let name: String
  /// Why the name is refused.
  let error: String?

  func markup(in frame: PageFrame) -> Markup {
    let description: Markup = error == nil ? "name-hint" : "name-hint name-error"
    let state: Markup = error == nil ? " autofocus" : " aria-invalid=\"true\""
    return """
      \(frame.overline)\
      <h1>Create an OAuth2 client</h1>
      \(error.map { PageFrame.summary($0, of: "name") })\
      <form method="post" action="\(frame.base)/clients/new">
      \(frame.tokenField)\(frame.hidden("form", form))\
      <p class="field">
      <label for="name">Name</label>
      <span class="hint" id="name-hint">Describe what the client is for, to recognize it in the list.</span>
      \(error.map { "<span class=\"error\" id=\"name-error\">\($0)</span>" as Markup })
      <input id="name" name="name" type="text" value="\(exact: name)" autocomplete="off" aria-required="true" \
      aria-describedby="\(description)"\(state)>
      </p>
      <p class="actions"><button class="main">Create</button> <a class="button" href="\(frame.base)">Cancel</a></p>
      </form>

      """
  }
}

/// New credentials; `nil` if they were shown before.
struct CredentialsContent: PageContent {
  struct Shown {
    let id: String
    let secret: String
    let name: String
    let tokenEndpoint: String
  }
  let shown: Shown?

  func markup(in frame: PageFrame) -> Markup {
    guard let shown else {
      return """
        \(frame.overline)\
        <h1>These credentials cannot be shown again</h1>
        <p>A client secret is shown once. If you do not have it, generate a new set for the client in the list, and delete \
        the old set.</p>
        <p class="actions"><a class="button main" href="\(frame.base)">Back to the list</a></p>

        """
    }
    return """
      \(frame.overline)\
      <h1 tabindex="-1" autofocus>Credentials of <bdi>\(exact: shown.name)</bdi></h1>
      <p class="warning"><strong>Copy the client secret now and keep it safe.</strong> It is shown only once: you cannot \
      open this page again.</p>
      <dl class="values">
      \(PageFrame.copied("Client id", shown.id, id: "client-id", called: "the client id"))\
      \(PageFrame.copied("Client secret", shown.secret, id: "client-secret", called: "the client secret"))\
      \(PageFrame.copied("Token endpoint", shown.tokenEndpoint, id: "token-endpoint", called: "the token endpoint"))\
      </dl>
      <p class="actions"><a class="button main" href="\(frame.base)">Close</a></p>

      """
  }
}

/// The question before a client gets new credentials.
struct ReplaceContent: PageContent {
  /// Identifies the form.
  let form: String
  let client: ListedClient

  func markup(in frame: PageFrame) -> Markup {
    """
    \(frame.overline)\
    <h1>Generate a new set for <bdi>\(exact: client.name)</bdi>?</h1>
    <p>If the secret is lost, generate a new id and a new secret with the same name. The old set, \
    <code>\(exact: client.id)</code>, works until you delete it.</p>
    <form method="post" action="\(client.path(in: frame))/replacement">
    \(frame.tokenField)\(frame.hidden("form", form))\
    <p class="actions"><button class="main">Generate a new set</button> \
    <a class="button" href="\(frame.base)">Cancel</a></p>
    </form>

    """
  }
}

/// The question before a client is deleted.
struct DeleteContent: PageContent {
  let client: ListedClient

  func markup(in frame: PageFrame) -> Markup {
    """
    \(frame.overline)\
    <h1>Delete <bdi>\(exact: client.name)</bdi>?</h1>
    <p>The client <code>\(exact: client.id)</code> can no longer get access tokens, and its existing tokens become \
    invalid. You cannot undo this.</p>
    <form method="post" action="\(client.path(in: frame))/deletion">
    \(frame.tokenField)\
    <p class="actions"><button class="main danger">Delete</button> <a class="button" href="\(frame.base)">Cancel</a></p>
    </form>

    """
  }
}
