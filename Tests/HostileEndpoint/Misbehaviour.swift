// One misbehaviour of an endpoint, and the verdict that the harness must give.

/// A misbehaviour: a request for `/hostile/NAME` gets it.
public struct Misbehaviour: Sendable, CustomStringConvertible {
  /// The verdict of a case that gets it.
  public enum Verdict: Sendable, Hashable, CustomStringConvertible {
    /// A client that reads responses correctly is not affected.
    case passed
    /// There is a response, and it is not the expected one.
    case failed
    /// There is no response to evaluate; the kind as in reports: timeout, connection, protocol.
    case errored(String)

    public var description: String {
      switch self {
      case .passed: "passed"
      case .failed: "failed"
      case .errored(let kind): "errored (\(kind))"
      }
    }
  }

  /// Letters, digits and hyphens: also the last part of the path, and the id of the scenario.
  public let name: String
  /// What the endpoint does, as the rest of a sentence that starts with "The endpoint".
  public let does: String
  public let verdict: Verdict
  /// What the message of the case must contain; empty if it passes.
  public let says: [String]
  /// The step that requests it, in YAML; `URL` is the address, `GOOD` that of a path that behaves correctly.
  public let step: String
  let act: @Sendable (Peer) -> Void

  /// The usual step: it expects a response with this JSON.
  public static let plainStep = "http: { url: \"URL\" }\n    expect: { status: 200, json: { ok: true } }"

  init(
    _ name: String, _ does: String, _ verdict: Verdict, says: String..., step: String = plainStep,
    act: @escaping @Sendable (Peer) -> Void
  ) {
    self.init(name, does, verdict, words: says, step: step, act: act)
  }

  init(
    _ name: String, _ does: String, _ verdict: Verdict, words: [String], step: String = plainStep,
    act: @escaping @Sendable (Peer) -> Void
  ) {
    self.name = name
    self.does = does
    self.verdict = verdict
    says = words.filter { !$0.isEmpty }
    self.step = step
    self.act = act
  }

  /// All misbehaviours.
  public static let all: [Misbehaviour] =
    silence + endings + floods + statusLines + interim + fields + lengths + chunks + surpluses + bodies + texts
    + json + xml

  public var description: String { name }

  /// The row of the guide's table.
  public var row: String {
    let words = says.isEmpty ? "" : says.map { "“\($0)”" }.joined(separator: ", ")
    return "| `\(name)` | \(does) | \(verdict) | \(words.replacing("|", with: "\\|")) |"
  }
}
