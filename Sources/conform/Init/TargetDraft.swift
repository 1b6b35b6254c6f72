// The first target file of an endpoint, as far as it is known.

import ConformanceModel
import JSONValue

struct TargetDraft {
  var name: String?
  var baseURL = "http://127.0.0.1"
  var environment = Target.Environment.live
  var tokenURL = "/oauth/token"
  /// Parameters of the token request besides the grant type, such as `scope`.
  var tokenParameters: [(name: String, value: String)] = []
  var authentications: [ClientAuthentication] = [.basic]
  /// The claim `aud` of assertions, if it is not the URL of the token endpoint.
  var audience: String?
  /// The members of `tls`, with the paths of their files.
  var tls: [(key: String, path: String)] = []
  /// Where the token is in the response (RFC 6901), if not where RFC 6749 section 5.1 has it.
  var accessToken: String?
  var expiresIn: String?
  var clients = ClientsDraft.given(id: "CLIENT_ID", secret: "CLIENT_SECRET", key: nil)
  var inboundURL = "/"
  var sample = SampleDraft.json(#"{"id":"${unique}"}"#)
  /// Nobody named the sample, and the service has not accepted it.
  var hasGuessedSample = true
  /// Nothing was tried that shows where responses have the values of clients.
  var hasGuessedPlaces = false
  var behaviours: [(behaviour: Behaviour, value: JSON)] = []
  /// The keys of `endpoints` and their URLs.
  var endpoints: [(endpoint: Target.Endpoint, url: String)] = []
  var clock = ClockDraft.wall
  /// The program that conform launches, with its arguments; empty if the service runs already.
  var launch: [String] = []
  /// What the metadata says that its reader has to know.
  var remarks: [String] = []

  /// A payload that the inbound URL accepts.
  enum SampleDraft {
    case json(String), text(String), file(String)
  }

  /// How the time of the service moves.
  enum ClockDraft {
    case wall, process, faketime
    case http(advance: RequestDraft, read: RequestDraft?)
    case command([String])
  }

  /// A request of client management or of a clock.
  struct RequestDraft {
    /// `POST /admin/clients`
    var line: String
    var headers: [(name: String, value: String)] = []
    /// The text of a JSON value.
    var json: String?
    /// The places of values in the response: JSON Pointers, or `{ sent: … }`.
    var answer: [(name: String, pointer: String)] = []

    var method: String { String(line.prefix { $0 != " " }) }
    var url: String { String(line.drop { $0 != " " }.dropFirst()) }
  }

  /// How clients are made.
  enum ClientsDraft {
    /// They are there; the environment has the credentials of one: a secret, a private key, or both.
    case given(id: String, secret: String?, key: String?)
    case requests([(operation: ClientManagement, request: RequestDraft)])
    case registration(url: String, tokenVariable: String?, isManaged: Bool)
    case command([String], operations: [ClientManagement])
    case prompt(String)

    /// Whether a run makes clients.
    var isManaged: Bool { if case .given = self { false } else { true } }
  }

  /// - Parameter always: Also if it is the default.
  mutating func declare(_ behaviour: Behaviour, _ value: JSON, always: Bool = false) {
    behaviours.removeAll { $0.behaviour == behaviour }
    if always || value != behaviour.defaultValue { behaviours.append((behaviour, value)) }
  }

  /// A text that contains no references, although it looks as if it did.
  static func literal(_ text: String) -> String { text.replacing("${", with: "$${") }
}
