// The payloads that an inbox shows, as bytes.

import ConformanceModel
import HTTPModel
import JSONValue

struct InboxContents: Sendable {
  /// One payload each.
  var bodies: [[UInt8]]
  /// Whether they are the bytes that arrived, also of payloads that are not UTF-8.
  var isExact: Bool

  /// - Parameter items: What the locator of the target file found.
  /// - Throws: `TargetFileSlip` if an item does not have the declared encoding.
  init(_ items: [JSON], _ inbox: Target.Inbox, at locator: Locator) throws(TargetFileSlip) {
    isExact = inbox.encoding == .base64
    bodies = []
    for item in items {
      let text = item.string ?? item.compact
      guard let body = InboxContents.body(text, inbox.encoding) else {
        let form = inbox.encoding == .base64 ? "base64 (RFC 4648)" : "a JSON text"
        throw TargetFileSlip(
          description: "the payload at \(locator) is not \(form): correct 'inbox.encoding' in the target file",
          place: inbox.encodingPlace ?? inbox.place)
      }
      bodies.append(body)
    }
  }

  /// How often it contains a payload.
  func count(of payload: SentPayload) -> Int { indices(of: payload).count }

  func indices(of payload: SentPayload) -> [Int] {
    let wanted = isExact ? payload.bytes : payload.text
    return bodies.indices.filter { bodies[$0] == wanted }
  }

  /// Whether it contains the JSON of a payload, with other white space or in another order.
  func hasOtherText(of payload: SentPayload) -> Bool {
    guard let wanted = try? JSON(parsing: payload.bytes) else { return false }
    return bodies.contains { (try? JSON(parsing: $0))?.means(wanted) == true }
  }

  private static func body(_ text: String, _ encoding: Target.PayloadEncoding) -> [UInt8]? {
    switch encoding {
    case .text: return Array(text.utf8)
    case .base64: return Base64.decodeAnyAlphabet(text)
    case .json:
      guard let json = try? JSON(parsing: text) else { return nil }
      // a payload that is a JSON text itself was not encoded again
      return Array((json.string ?? text).utf8)
    }
  }
}

/// A payload as it was posted and saved.
struct SentPayload {
  var bytes: [UInt8]
  /// As UTF-8 with U+FFFD for what is not: a text has no other form of it.
  var text: [UInt8]

  /// - Returns: `nil` if the value is not that of a saved payload.
  init?(saved: JSON) {
    guard let text = saved["text"]?.string else { return nil }
    self.text = Array(text.utf8)
    bytes = saved["base64"]?.string.flatMap(Base64.decode) ?? self.text
  }

  /// The value that a step saves.
  ///
  /// - Parameters:
  ///   - contentType: The header field of its request.
  ///   - time: The time of the target when it was posted.
  ///   - role: The connector to which it was posted.
  static func saved(
    _ bytes: [UInt8], contentType: String? = nil, postedAt time: SimulatedInstant? = nil,
    to role: ConnectorRole = .first, receipt: JSON? = nil
  ) -> JSON {
    let text = String(validating: bytes, as: UTF8.self)
    var members: [JSON.Member] = [
      .init("text", .string(text ?? String(decoding: bytes, as: UTF8.self))), .init("size", .int(bytes.count)),
    ]
    if text == nil { members.append(.init("base64", .string(Base64.encode(bytes)))) }
    if let type = contentType.flatMap({ MediaType($0) }) { members.append(.init("media-type", .string(type.essence))) }
    if let time { members.append(.init("posted-at", .int(time.seconds))) }
    if role != .first { members.append(.init("connector", .string(role.rawValue))) }
    if let receipt { members.append(.init("receipt", receipt)) }
    return .object(members)
  }
}
