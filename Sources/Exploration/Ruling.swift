// The set of right responses to an operation.

/// A way in which a request may be refused.
public enum Refusal: Sendable, Hashable, Comparable {
  /// An error code of the token endpoint (RFC 6749 section 5.2), with the status that belongs to it.
  case error(String)
  case status(Int)
  /// Any status of the class 4xx.
  case clientError
  /// Any status of the class 3xx.
  case redirection

  private var rank: String {
    switch self {
    case .error(let code): "0\(code)"
    case .status(let status): "1\(status)"
    case .clientError: "2"
    case .redirection: "3"
    }
  }

  public static func < (a: Refusal, b: Refusal) -> Bool { a.rank < b.rank }
}

/// What one property of a request means for its response.
struct Effect: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case harmless, open, refused }

  var kind: Kind
  var refusals: Set<Refusal> = []
  /// The requirement that says so.
  var covers: String?

  static func harmless(_ covers: String? = nil) -> Effect { Effect(kind: .harmless, covers: covers) }

  static func refused(_ covers: String, _ refusals: Set<Refusal>) -> Effect {
    Effect(kind: .refused, refusals: refusals, covers: covers)
  }

  static func errors(_ covers: String, _ codes: String...) -> Effect {
    refused(covers, Set(codes.map(Refusal.error)))
  }

  static func statuses(_ covers: String, _ statuses: [Int]) -> Effect {
    refused(covers, Set(statuses.map(Refusal.status)))
  }

  /// The documents leave it to the service.
  static func open(_ covers: String? = nil, _ refusals: Set<Refusal> = [.clientError]) -> Effect {
    Effect(kind: .open, refusals: refusals, covers: covers)
  }
}

/// The set of right responses.
public struct Ruling: Sendable, Hashable {
  public enum Outcome: Sendable, Hashable { case success, refusal, either }

  public var outcome: Outcome
  /// The ways in which it may be refused.
  public var refusals: Set<Refusal>
  /// The requirements that say so.
  public var covers: [String]

  public init(_ outcome: Outcome, _ refusals: Set<Refusal> = [], covers: [String] = []) {
    self.outcome = outcome
    self.refusals = refusals
    self.covers = covers
  }

  /// One reason to refuse is enough, and any of them may be reported.
  init(_ effects: [Effect], success: String) {
    let kinds = Set(effects.map(\.kind))
    let outcome: Outcome = kinds.contains(.refused) ? .refusal : kinds.contains(.open) ? .either : .success
    self.outcome = outcome
    refusals = outcome == .success ? [] : effects.reduce(into: []) { $0.formUnion($1.refusals) }
    let deciding = effects.filter { outcome == .refusal ? $0.kind == .refused : $0.covers != nil }
    covers = deciding.compactMap(\.covers)
    if covers.isEmpty { covers = [success] }
  }
}
