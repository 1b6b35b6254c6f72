// How conform logs in at a target before it manages clients there.

extension Target {
  /// Requests whose cookies and values authorise requests of the target's management.
  public struct Login: Sendable, Hashable {
    /// In order; each can use the values that those before it locate, as `${login.NAME}`.
    public var requests: [RequestTemplate]
    /// What is requested with the session.
    public var parts: Set<LoginPart> = [.clients]
    /// The statuses of responses that mean that the session has ended.
    public var refusals = [401, 403]
    /// The URL of the login page: a redirect to it means the same.
    public var page: Template?
    /// How long a session lasts, on the target's clock; `nil` leaves it to the responses and to the cookies.
    public var lifetime: SimulatedDuration?
    public var place: Place

    public init(requests: [RequestTemplate], place: Place) {
      self.requests = requests
      self.place = place
    }

    /// The names of the values that the requests locate.
    public var names: Set<String> { Set(requests.flatMap(\.answer.keys)) }
  }

  /// What can be requested with the session of a login.
  public enum LoginPart: String, Sendable, Hashable, CaseIterable {
    case clients, inbox, clock

    public var meaning: String {
      switch self {
      case .clients: "client management"
      case .inbox: "the inbox"
      case .clock: "the clock"
      }
    }
  }
}
