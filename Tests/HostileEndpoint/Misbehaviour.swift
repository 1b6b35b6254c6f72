// One thing that an endpoint can do wrong, and what the harness has to make of it.

/// A misbehaviour: a request for `/hostile/NAME` meets it.
public struct Misbehaviour: Sendable, CustomStringConvertible {
  /// How a case ends that meets it.
  public enum Verdict: Sendable, Hashable, CustomStringConvertible {
    /// A client that reads answers as it should does not notice.
    case passed
    /// There is an answer, and it is not the expected one.
    case failed
    /// There is no answer that could be judged; the kind as reports have it: timeout, connection, protocol.
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
  /// What the message of the case must hold; nothing where it passes.
  public let says: [String]
  /// The step that meets it, in YAML; `URL` stands for the address, `GOOD` for that of the part that behaves.
  public let step: String
  let act: @Sendable (Peer) -> Void

  /// The step of most: an answer with this JSON is expected.
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

  /// Everything that one request can meet.
  public static let all: [Misbehaviour] =
    silence + endings + floods + statusLines + interim + fields + lengths + chunks + createdClients + bodies + texts
    + json + xml

  public var description: String { name }

  /// The row of the guide's table.
  public var row: String {
    let words = says.isEmpty ? "" : says.map { "“\($0)”" }.joined(separator: ", ")
    return "| `\(name)` | \(does) | \(verdict) | \(words.replacing("|", with: "\\|")) |"
  }
}
