// Cookies as a browser keeps them (RFC 6265 section 5).

import ConformanceModel
import HTTPModel

/// A header field `Set-Cookie` (RFC 6265 section 5.2).
struct SetCookie: Sendable, Hashable {
  var name: String
  var value: String
  /// In lower case, with `Domain` without a leading dot. Of an attribute that is there twice, the last counts.
  private var attributes: [String: String] = [:]

  /// - Returns: `nil` if it sets nothing.
  init?(_ field: String) {
    let parts = field.split(separator: ";", omittingEmptySubsequences: false)
    guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { return nil }
    name = SetCookie.trimmed(pair[..<equals])
    value = SetCookie.trimmed(pair[pair.index(after: equals)...])
    guard !name.isEmpty else { return nil }
    for part in parts.dropFirst() {
      let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      attributes[SetCookie.trimmed(words[0]).lowercased()] = words.count > 1 ? SetCookie.trimmed(words[1]) : ""
    }
  }

  var domain: String? {
    guard let text = attributes["domain"]?.lowercased() else { return nil }
    let domain = text.hasPrefix(".") ? String(text.dropFirst()) : text
    return domain.isEmpty ? nil : domain
  }

  var path: String? { attributes["path"].flatMap { $0.hasPrefix("/") ? $0 : nil } }
  var isSecure: Bool { attributes["secure"] != nil }

  /// How long it is good, in milliseconds; `nil` as long as the session.
  ///
  /// - Parameter date: The time of the response, from which `Expires` is measured.
  func lifetime(from date: SimulatedInstant?) -> Int64? {
    if let seconds = attributes["max-age"].flatMap({ Int64($0) }) {
      return min(seconds, SimulatedDuration.maxDuration.milliseconds / 1000) * 1000
    }
    guard let expires = attributes["expires"].flatMap({ SimulatedInstant(cookieDate: $0) }) else { return nil }
    if expires.seconds <= 0 { return 0 }
    return date.map { (expires - $0).milliseconds }
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" }
    let end = start.lastIndex { $0 != " " && $0 != "\t" }
    return end.map { String(start[...$0]) } ?? ""
  }
}

/// The cookies of one session.
struct CookieJar: Sendable {
  private struct Cookie: Sendable {
    var name: String
    var value: String
    var domain: String
    /// Whether it is not sent to subdomains.
    var isHostOnly: Bool
    var path: String
    var isSecure: Bool
    /// On the target's clock.
    var end: SimulatedInstant?
  }

  /// In the order in which they are sent: those with longer paths first, then the older ones.
  private var cookies: [Cookie] = []

  /// More cookies of one session are not kept.
  private static let maxCount = 200

  var isEmpty: Bool { cookies.isEmpty }
  var values: [(name: String, value: String)] { cookies.map { ($0.name, $0.value) } }

  /// Keeps the cookies that a response sets, and drops those that it ends.
  ///
  /// - Parameter now: The target's time; `nil` if it is not known.
  mutating func keep(_ response: WireResponse, from url: String, at now: SimulatedInstant?) {
    let fields = response.headers.values("Set-Cookie")
    guard !fields.isEmpty, let origin = Origin(url) else { return }
    let date = response.headers.first("Date").flatMap { SimulatedInstant(httpDate: $0) } ?? now
    for cookie in fields.compactMap({ SetCookie($0) }) {
      // a response sets no cookies of other hosts
      if let domain = cookie.domain, !CookieJar.host(origin.host, isIn: domain) { continue }
      let path = cookie.path ?? CookieJar.defaultPath(of: url)
      let domain = cookie.domain ?? origin.host
      let former = cookies.firstIndex { $0.name == cookie.name && $0.domain == domain && $0.path == path }
      let lifetime = cookie.lifetime(from: date)
      if let lifetime, lifetime <= 0 {
        if let former { cookies.remove(at: former) }
        continue
      }
      let kept = Cookie(
        name: cookie.name, value: cookie.value, domain: domain, isHostOnly: cookie.domain == nil, path: path,
        isSecure: cookie.isSecure,
        end: lifetime.flatMap { lifetime in now.map { $0 + SimulatedDuration(milliseconds: lifetime) } })
      if let former {
        cookies[former] = kept
      } else if cookies.count < CookieJar.maxCount {
        let next = cookies.firstIndex { $0.path.utf8.count < path.utf8.count } ?? cookies.count
        cookies.insert(kept, at: next)
      }
    }
  }

  /// Adds the cookies for its URL to a request.
  func add(to request: inout WireRequest, at now: SimulatedInstant?) {
    guard !cookies.isEmpty, let origin = Origin(request.url) else { return }
    let path = CookieJar.path(of: request.url)
    let sent = cookies.filter { cookie in
      let isOfHost =
        cookie.isHostOnly ? origin.host == cookie.domain : CookieJar.host(origin.host, isIn: cookie.domain)
      let isGood = now.map { now in cookie.end.map { now < $0 } ?? true } ?? true
      return isOfHost && isGood && CookieJar.path(path, isIn: cookie.path)
        && (!cookie.isSecure || origin.scheme == "https" || Origin.isLoopback(origin.host))
    }
    guard !sent.isEmpty else { return }
    let text = sent.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
    if let index = request.headers.firstIndex(where: { $0.name.lowercased() == "cookie" }) {
      request.headers[index].value += "; \(text)"
    } else {
      request.headers.append(HeaderField("Cookie", text))
    }
  }

  /// RFC 6265 section 5.1.3. An address has no subdomains.
  private static func host(_ host: String, isIn domain: String) -> Bool {
    if host == domain { return true }
    let isAddress = host.hasPrefix("[") || host.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
    return !isAddress && host.hasSuffix(".\(domain)")
  }

  /// RFC 6265 section 5.1.4.
  private static func path(_ path: String, isIn folder: String) -> Bool {
    path == folder || path.hasPrefix(folder) && (folder.hasSuffix("/") || path.dropFirst(folder.count).hasPrefix("/"))
  }

  private static func path(of url: String) -> String {
    guard let authority = url.firstRange(of: "://")?.upperBound,
      let start = url[authority...].firstIndex(where: { "/?#".contains($0) }), url[start] == "/"
    else { return "/" }
    return String(url[start...].prefix { $0 != "?" && $0 != "#" })
  }

  private static func defaultPath(of url: String) -> String {
    let path = path(of: url)
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }
}

extension Origin {
  /// Browsers send Secure cookies to the same machine without TLS as well.
  fileprivate static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" || host.hasPrefix("127.")
  }
}

extension SimulatedInstant {
  /// The date of a cookie (RFC 6265 section 5.1.1), which servers also write with hyphens: `Wed, 20-Jul-2022 10:03:08 GMT`.
  fileprivate init?(cookieDate text: String) {
    var words = text.split(separator: " ").map(String.init)
    if words.count == 4 { words[1] = words[1].replacing("-", with: " ") }
    self.init(httpDate: words.joined(separator: " "))
  }
}
