// Payloads that are accepted and then lost, doubled, changed, or shown wrongly.

import ConformanceModel
import HTTPModel
import JSONValue

extension Fault {
  private static func bytes(_ name: String, _ sentence: String, _ edit: @escaping @Sendable ([UInt8]) -> [UInt8])
    -> Fault
  {
    Fault(name, .critical, .payload, sentence) {
      $0.deliveries = { payload, connector in
        var payload = payload
        payload.body = edit(payload.body)
        return [(payload, connector)]
      }
    }
  }

  private static func text(_ name: String, _ sentence: String, _ edit: @escaping @Sendable (String) -> String) -> Fault
  {
    bytes(name, sentence) { Array(edit(String(decoding: $0, as: UTF8.self)).utf8) }
  }

  static let delivered: [Fault] = [
    Fault("payloads-are-lost", .critical, .payload, "Accepted payloads are not delivered.") {
      $0.deliveries = { _, _ in [] }
    },
    Fault("every-tenth-payload-is-lost", .critical, .payload, "Every tenth accepted payload is not delivered.") {
      let counter = Locked(0)
      $0.deliveries = { payload, connector in
        counter.withLock { count in
          count += 1; return count % 10 == 0
        } ? [] : [(payload, connector)]
      }
    },
    Fault("payloads-are-doubled", .critical, .payload, "Accepted payloads are delivered twice.") {
      $0.deliveries = { [($0, $1), ($0, $1)] }
    },
    Fault("same-payload-once", .major, .payload, "A payload that was received before is accepted but not delivered.") {
      let seen = Locked<Set<[UInt8]>>([])
      $0.deliveries = { payload, connector in
        seen.withLock { $0.insert(payload.body).inserted } ? [(payload, connector)] : []
      }
    },
    Fault("large-payloads-are-lost", .critical, .payload, "Payloads above 1 MiB are accepted and not delivered.") {
      $0.deliveries = { payload, connector in payload.body.count > 1 << 20 ? [] : [(payload, connector)] }
    },
    bytes("payloads-are-cut", "Payloads are cut to sixteen bytes.") { Array($0.prefix(16)) },
    bytes("large-payloads-are-cut", "Payloads are cut to 64 KiB.") { Array($0.prefix(64 << 10)) },
    bytes("payloads-lose-their-last-byte", "Payloads lose their last byte.") { $0.dropLast() },
    bytes("payloads-are-empty", "Empty payloads are delivered.") { _ in [] },
    text("payloads-lose-unicode", "Characters outside ASCII become question marks.") {
      String($0.map { $0.isASCII ? $0 : "?" })
    },
    bytes("payloads-are-read-as-latin-1", "Payloads are decoded as ISO 8859-1 and delivered as UTF-8.") { bytes in
      bytes.contains { $0 > 0x7F }
        ? Array(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })).utf8) : bytes
    },
    text("payloads-are-composed", "Payloads lose characters outside the Basic Multilingual Plane.") { text in
      String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value < 0x10000 }))
    },
    text("line-separators-are-lost", "Unicode line separators become spaces.") { text in
      String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value == 0x2028 ? " " : $0 }))
    },
    bytes("payloads-are-written-anew", "Payloads are parsed and serialized again with sorted members.") { bytes in
      guard case .object(let members)? = try? JSON(parsing: bytes) else { return bytes }
      return JSON.object(members.sorted { $0.name > $1.name }).compactBytes
    },
    text("payloads-in-small-letters", "Payloads are delivered in lower case.") { $0.lowercased() },
    bytes("payloads-are-wrapped", "Payloads are delivered inside another object.") {
      Array("{\"payload\":".utf8) + $0 + Array("}".utf8)
    },
    bytes("payloads-get-a-line-end", "Payloads are delivered with a line feed at the end.") { $0 + [0x0A] },
    Fault("payloads-are-mixed-up", .critical, .payload, "The previous payload is delivered instead.") {
      let last = Locked<[UInt8]?>(nil)
      $0.deliveries = { payload, connector in
        var payload = payload
        payload.body = last.withLock { last in
          defer { last = payload.body }
          return last ?? payload.body
        }
        return [(payload, connector)]
      }
    },
    Fault("media-types-are-lost", .minor, .payload, "The inbox shows every payload as application/octet-stream.") {
      $0.deliveries = { payload, connector in
        var payload = payload
        payload.contentType = "application/octet-stream"
        return [(payload, connector)]
      }
    },
    Fault("receipt-times-are-the-first", .minor, .payload, "The inbox shows every payload as received with the first.")
    {
      let first = Locked<SimulatedInstant?>(nil)
      $0.deliveries = { payload, connector in
        var payload = payload
        payload.receivedAt = first.withLock { first in
          first = first ?? payload.receivedAt
          return first ?? payload.receivedAt
        }
        return [(payload, connector)]
      }
    },
    Fault("receipts-are-all-the-same", .minor, .payload, "All payloads have the same receipt.") {
      $0.makeReceipt = { _ in "receipt-1" }
    },
    Fault("receipts-are-of-contents", .minor, .payload, "Equal payloads have the same receipt.") {
      $0.makeReceipt = { "receipt-\(FNV1a(String(decoding: $0, as: UTF8.self)).value)" }
    },
    Fault("receipts-show-the-last-payload", .minor, .payload, "The lookup of a receipt shows the last payload.") {
      $0.found = { _, all in all.last }
    },
    Fault("receipts-are-not-found", .minor, .payload, "The lookup of a receipt finds nothing.") {
      $0.found = { _, _ in nil }
    },
    refusedDelivers(
      "wrong-entities-are-passed-on", "A payload of another entity gets 422 but is delivered.", 422),
    refusedDelivers(
      "malformed-payloads-are-passed-on", "A malformed payload gets 400 but is delivered.", 400),
  ]

  private static func refusedDelivers(_ name: String, _ sentence: String, _ status: Int) -> Fault {
    Fault(name, .critical, .payload, sentence) {
      $0.onResponse { store, request, response in
        if request.isInbound, response.status == status { _ = store.deliver(request) }
      }
    }
  }
}
