// How to read the payloads that the service received.

extension Target {
  public struct Inbox: Sendable, Hashable {
    public var way: InboxWay
    public var place: Place
    /// The form of the payloads in the response.
    public var encoding = PayloadEncoding.text
    public var encodingPlace: Place?
    /// In real time after its response: when a payload is in the inbox at the latest; `nil` is at once.
    public var deliveredWithin: RequestTimeLimit?

    /// What it shows of a payload besides its bytes.
    public var details: Set<InboxDetail> {
      switch way {
      case .request(let read): Set(InboxDetail.allCases.filter { read.answer[$0.rawValue] != nil })
      case .command(let command): command.details
      }
    }

    public init(read: RequestTemplate) {
      way = .request(read)
      place = read.place
    }

    public init(command: InboxCommand, place: Place) {
      way = .command(command)
      self.place = place
    }

    /// The request; `nil` if a program reads the inbox.
    public var read: RequestTemplate? { if case .request(let read) = way { read } else { nil } }

    var capabilities: Set<Capability> {
      Set(details.map(\.capability)).union(read == nil ? [.readInbox] : [.readInbox, .httpInbox])
    }
  }

  /// What an inbox can show of a payload besides its bytes.
  public enum InboxDetail: String, Sendable, Hashable, CaseIterable {
    case mediaType = "media-type"
    case receivedAt = "received-at"

    public var capability: Capability {
      switch self {
      case .mediaType: .inboxMediaType
      case .receivedAt: .inboxReceivedAt
      }
    }
  }

  public enum InboxWay: Sendable, Hashable {
    case request(RequestTemplate)
    case command(InboxCommand)
  }

  /// A program that reads what it is asked for as JSON, and prints the received payloads as JSON.
  public struct InboxCommand: Sendable, Hashable {
    public var command: [Template]
    public var program: ProgramSettings
    /// What it prints besides the payloads, one value for each.
    public var details: Set<InboxDetail> = []

    public init(command: [Template], _ program: ProgramSettings) {
      self.command = command
      self.program = program
    }
  }

  /// The form in which an inbox shows the bytes of payloads.
  public enum PayloadEncoding: String, Sendable, Hashable, CaseIterable {
    /// As text.
    case text
    /// In Base64 or base64url (RFC 4648 sections 4 and 5).
    case base64
    /// As the JSON text of a string: encoded once more than `text`.
    case json
  }
}
