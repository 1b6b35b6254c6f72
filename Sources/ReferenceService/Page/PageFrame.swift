// What all pages have: the head, the navigation and the protection around the content of one.

import ConformanceModel
import HTTPModel

/// The content of a page, between the navigation and the end.
protocol PageContent {
  func markup(in frame: PageFrame) -> Markup
}

struct PageFrame {
  struct Link {
    let name: String
    let path: String
    let isHere: Bool
  }

  let title: String
  /// The connector's name.
  let connector: String
  /// The path of the tab.
  let base: String
  let connectors: [Link]
  /// `nil` without a session.
  var formToken: String?

  /// A response with the page.
  func response(_ status: Int, _ content: any PageContent, headers: [HeaderField]) -> ServiceResponse {
    var response = ServiceResponse(
      status, headers: [HeaderField("Content-Type", "text/html; charset=utf-8")] + PageFrame.protection + headers)
    response.body = page(content).bytes
    return response
  }

  private func page(_ content: any PageContent) -> Markup {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(title): \(exact: connector)</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="\(base)/page.css">
    <script src="\(base)/page.js" defer></script>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header class="top">
    <p class="service">Reference service</p>
    <nav aria-label="Connectors">
    <ul>
    \(connectors.map(link))\
    </ul>
    </nav>
    \(formToken.map(signOut))\
    </header>
    <main id="main" tabindex="-1">
    \(content.markup(in: self))\
    </main>
    <p id="copied" class="unseen" role="status"></p>
    </body>
    </html>

    """
  }

  private func link(_ link: Link) -> Markup {
    let isHere: Markup = link.isHere ? " aria-current=\"true\"" : ""
    return "<li><a href=\"\(link.path)\"\(isHere)><bdi>\(exact: link.name)</bdi></a></li>\n"
  }

  private func signOut(_ formToken: String) -> Markup {
    """
    <form method="post" action="\(base)/sign-out">
    \(hidden("token", formToken))\
    <button class="quiet">Sign out</button>
    </form>

    """
  }

  // MARK: Parts of the contents

  /// The connector's name above the heading.
  var overline: Markup { "<p class=\"over\">Connector <bdi>\(exact: connector)</bdi></p>\n" }

  /// The token of the session, which each form sends.
  var tokenField: Markup { hidden("token", formToken ?? "") }

  func hidden(_ name: String, _ value: String) -> Markup {
    "<input type=\"hidden\" name=\"\(name)\" value=\"\(exact: value)\">\n"
  }

  /// Why a form is refused, with a link to its field.
  static func summary(_ error: String, of field: String) -> Markup {
    """
    <div class="errors" role="alert" tabindex="-1" autofocus>
    <h2>There is a problem</h2>
    <ul><li><a href="#\(field)">\(error)</a></li></ul>
    </div>

    """
  }

  /// A value of a list, with the button that copies it.
  static func copied(_ title: Markup, _ value: String, id: Markup, called name: Markup) -> Markup {
    """
    <div><dt>\(title)</dt><dd><code id="\(id)">\(exact: value)</code>\
    <button type="button" class="copy" data-copies="\(id)" hidden>Copy<span class="unseen"> \(name)</span></button>\
    </dd></div>

    """
  }

  /// A browser loads and runs nothing from elsewhere, and does not show the page inside another one.
  static let protection = [
    HeaderField(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'"
    ),
    HeaderField("X-Content-Type-Options", "nosniff"),
    // with no-referrer, forms would send the origin `null`
    HeaderField("Referrer-Policy", "same-origin"),
  ]
}
