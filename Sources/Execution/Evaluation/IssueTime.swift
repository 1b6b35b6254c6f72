// When a token was issued, as its response or its introspection says: the clock that decides about its expiry.

import ConformanceModel
import JSONValue

/// An instant at which a token was issued, and where the response has it.
struct IssueTime: Sendable, Hashable {
  var instant: SimulatedInstant
  var source: String

  /// A longer token is not read, in bytes.
  private static let maxToken = 64 << 10

  /// How far the time of a new token may be from the clock: servers cache what they sign.
  private static let tolerance = SimulatedDuration(milliseconds: 120_000)

  /// Reads the claims of a JWT without verifying it (RFC 7519 section 4.1), or else `created_at` of the response.
  ///
  /// - Parameters:
  ///   - body: The token response.
  ///   - lifetime: The `expires_in` of the response, in seconds.
  /// - Returns: `nil` if the token is opaque and the response has no `created_at`.
  init?(of token: String, in body: JSON?, lifetime: Int?) {
    if let time = IssueTime(claims: IssueTime.claims(of: token), of: "the JWT", lifetime: lifetime) {
      self = time
    } else if let created = body?["created_at"].flatMap(TargetTime.instant) {
      (instant, source) = (created, "'created_at' of the response")
    } else {
      return nil
    }
  }

  /// Reads the state of a token (RFC 7662 section 2.2).
  ///
  /// - Parameter lifetime: The `expires_in` of its token response, in seconds.
  /// - Returns: `nil` if the token is not active, or its state has no time.
  init?(introspected state: JSON, lifetime: Int?) {
    guard state["active"] == .bool(true) else { return nil }
    self.init(claims: state, of: "the introspection response", lifetime: lifetime)
  }

  private init?(claims: JSON?, of source: String, lifetime: Int?) {
    if let issued = claims?["iat"].flatMap(TargetTime.instant) {
      (instant, self.source) = (issued, "'iat' of \(source)")
    } else if let expiry = claims?["exp"].flatMap(TargetTime.instant), let lifetime,
      TokenLifetimes.allowed.contains(lifetime)
    {
      instant = expiry + SimulatedDuration(milliseconds: -1000 * Int64(lifetime))
      self.source = "'exp' of \(source) less expires_in"
    } else {
      return nil
    }
  }

  private static func claims(of token: String) -> JSON? {
    guard token.utf8.count <= maxToken else { return nil }
    let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    return Base64.decodeAnyAlphabet(String(Substring(parts[1]))).flatMap { try? JSON(parsing: $0) }
  }

  /// Why the clock is not that of a token that was just issued; `nil` if it can be.
  func deviation(from now: SimulatedInstant) -> String? {
    guard abs((instant - now).milliseconds) > IssueTime.tolerance.milliseconds else { return nil }
    return "the target's clock is not that of its tokens: the clock is at \(now), and a token that was just issued is "
      + "of \(instant) (\(source)), so that no wait can be judged; a runtime may keep a time of its own, which does not "
      + "follow the clock of the system: start Erlang with +C multi_time_warp"
  }
}
