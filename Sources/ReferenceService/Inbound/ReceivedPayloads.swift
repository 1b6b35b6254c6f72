// The payloads that the inbound URLs accepted.

import ConformanceModel

/// The payloads of all connectors, oldest first, up to 256 MiB.
struct ReceivedPayloads: Sendable {
  struct Payload: Sendable {
    var id: String
    var receivedAt: SimulatedInstant
    var contentType: String
    var body: [UInt8]
    /// Consecutive over all connectors, to find the oldest.
    fileprivate var number = 0

    init(id: String, receivedAt: SimulatedInstant, contentType: String, body: [UInt8]) {
      self.id = id
      self.receivedAt = receivedAt
      self.contentType = contentType
      self.body = body
    }

    /// In bytes, with an estimate for the rest, so that many tiny payloads are bounded too.
    fileprivate var size: Int { body.count + 256 }
  }

  /// In bytes.
  let limit: Int
  private var payloads: [String: [Payload]] = [:]
  private var size = 0
  private var count = 0

  init(limit: Int = 256 << 20) { self.limit = limit }

  func payloads(of connector: String) -> [Payload] { payloads[connector] ?? [] }

  mutating func receive(_ payload: Payload, for connector: String) {
    var payload = payload
    payload.number = count
    count += 1
    size += payload.size
    payloads[connector, default: []].append(payload)
    if size > limit { dropOldest() }
  }

  mutating func empty(_ connector: String) {
    size -= payloads(of: connector).reduce(0) { $0 + $1.size }
    payloads[connector] = nil
  }

  /// Frees an eighth of the limit at once: removing one payload for each new one would move all others each time.
  private mutating func dropOldest() {
    var dropped: [String: Int] = [:]
    while size > limit - limit / 8 {
      let oldest = payloads.compactMap { connector, received -> (connector: String, payload: Payload)? in
        let index = dropped[connector] ?? 0
        return index < received.count ? (connector, received[index]) : nil
      }.min { $0.payload.number < $1.payload.number }
      guard let oldest else { break }
      size -= oldest.payload.size
      dropped[oldest.connector, default: 0] += 1
    }
    for (connector, count) in dropped { payloads[connector]?.removeFirst(count) }
  }
}
