// The pages around the clients: signing in, the tab with the list of clients, and errors.

import ConformanceModel

struct SignInContent: PageContent {
  /// Why the key is refused.
  let error: String?

  func markup(in frame: PageFrame) -> Markup {
    let state: Markup =
      error == nil ? " autofocus" : " aria-invalid=\"true\" aria-describedby=\"key-error\""
    return """
      <h1>Sign in</h1>
      \(error.map { PageFrame.summary($0, of: "key") })\
      <p>Managing clients requires the manager key of this service. <code>conform serve</code> prints it, or reads it from \
      <code>CONFORM_MANAGER_KEY</code>.</p>
      <form method="post" action="\(frame.base)/sign-in">
      <input type="text" name="user" value="manager" autocomplete="username" hidden>
      <p class="field">
      <label for="key">Manager key</label>
      \(error.map { "<span class=\"error\" id=\"key-error\">\($0)</span>" as Markup })
      <input id="key" name="key" type="password" autocomplete="current-password" spellcheck="false"\(state)>
      </p>
      <p class="actions"><button class="main">Sign in</button></p>
      </form>

      """
  }
}

struct TabContent: PageContent {
  private let tokenEndpoint: String
  private let inboundURL: String
  private let clients: [ListedClient]
  private let acceptsBasic: Bool
  private let notice: Notice?

  init(
    connector: ConnectorDefinition, request: ServiceRequest, clients: [Store.Client], acceptsBasic: Bool,
    notice: Notice?
  ) {
    tokenEndpoint = request.base + connector.tokenPath
    inboundURL = request.base + connector.inboundPath
    self.clients = clients.map(ListedClient.init)
    self.acceptsBasic = acceptsBasic
    self.notice = notice
  }

  func markup(in frame: PageFrame) -> Markup {
    """
    \(frame.overline)\
    <h1>Authentication</h1>
    \(notice.map(TabContent.markup))\
    <section aria-labelledby="urls">
    <h2 id="urls">URLs</h2>
    <dl class="values">
    \(PageFrame.copied("Token endpoint", tokenEndpoint, id: "token-endpoint", called: "the token endpoint"))\
    \(PageFrame.copied("Inbound URL", inboundURL, id: "inbound-url", called: "the inbound URL"))\
    </dl>
    </section>
    \(ways(frame))\
    <section aria-labelledby="clients">
    <div class="head">
    <h2 id="clients">OAuth2 clients</h2>
    <a class="button main" href="\(frame.base)/clients/new">Create an OAuth2 client</a>
    </div>
    \(list(frame))\
    </section>

    """
  }

  /// How a request to the inbound URL may be authorised.
  private func ways(_ frame: PageFrame) -> Markup {
    let state: Markup = acceptsBasic ? "accepted" : "not accepted"
    let label: Markup = acceptsBasic ? "Stop accepting Basic" : "Accept Basic"
    return """
      <section aria-labelledby="ways">
      <h2 id="ways">Authentication of payloads</h2>
      <dl class="values">
      <div><dt>OAuth 2.0</dt><dd><span id="oauth">accepted: an access token of this connector</span></dd></div>
      <div><dt>Basic</dt><dd><span id="basic">\(state): id and secret of a client, without a token</span>
      <form method="post" action="\(frame.base)/basic">
      \(frame.tokenField)\(frame.hidden("accepted", acceptsBasic ? "no" : "yes"))\
      <button>\(label)</button>
      </form></dd></div>
      </dl>
      </section>

      """
  }

  private static func markup(_ notice: Notice) -> Markup {
    """
    <p class="notice" role="status">The client <strong><bdi>\(exact: notice.deleted)</bdi></strong> was deleted.</p>

    """
  }

  private func list(_ frame: PageFrame) -> Markup {
    guard !clients.isEmpty else {
      return """
        <p class="empty">There are no clients yet. Create one to get an id and a secret for requesting access tokens.</p>

        """
    }
    let items = clients.enumerated().map { TabContent.item($1, number: $0 + 1, frame) }
    return "<ul class=\"clients\" aria-labelledby=\"clients\">\n\(items)</ul>\n"
  }

  private static func item(_ client: ListedClient, number: Int, _ frame: PageFrame) -> Markup {
    """
    <li>
    <h3 id="client-\(number)"><bdi>\(exact: client.name)</bdi></h3>
    <dl>
    <div><dt>Client id</dt><dd><code>\(exact: client.id)</code></dd></div>
    <div><dt>Created at</dt><dd><time datetime="\(client.createdAt)">\(client.createdAtInWords)</time></dd></div>
    </dl>
    <p class="actions">
    <a class="button" id="replace-\(number)" href="\(client.path(in: frame))/replacement" \
    aria-labelledby="replace-\(number) client-\(number)">Generate a new set</a>
    <a class="button danger" id="delete-\(number)" href="\(client.path(in: frame))/deletion" \
    aria-labelledby="delete-\(number) client-\(number)">Delete</a>
    </p>
    </li>

    """
  }
}

struct ProblemContent: PageContent {
  let status: Int
  let sentence: String

  func markup(in frame: PageFrame) -> Markup {
    """
    <p class="over">Error \(status)</p>
    <h1>The request failed</h1>
    <p>\(exact: sentence)</p>
    <p class="actions"><a class="button main" href="\(frame.base)">To the authentication tab</a></p>

    """
  }
}
