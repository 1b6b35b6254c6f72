import Compression
import HTTPModel
import Testing

@Suite("A content coding")
struct CompressionTests {
  private static let texts: [[UInt8]] = [
    [], [0], Array("{\"id\":1}".utf8), Array(repeating: 0x20, count: 1_000_000),
    (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) },
  ]

  @Test("is undone to the same bytes", arguments: ContentCoding.allCases, texts)
  func roundTrip(coding: ContentCoding, bytes: [UInt8]) throws {
    let encoded = try #require(coding.encode(bytes))
    #expect(encoded != bytes)
    #expect(coding.decode(encoded, limit: bytes.count) == .success(bytes))
  }

  @Test("makes long texts short, and is what others read")
  func others() throws {
    let encoded = try #require(ContentCoding.gzip.encode(Array(repeating: 0x20, count: 1_000_000)))
    #expect(encoded.count < 5000 && encoded.starts(with: [0x1F, 0x8B, 8]))
    // printf '{}' | gzip -n
    let other: [UInt8] = [
      0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xAB, 0xAE, 5, 0, 0x43, 0xBF, 0xA6, 0xA3, 2, 0, 0, 0,
    ]
    #expect(ContentCoding.gzip.decode(other, limit: 100) == .success(Array("{}".utf8)))
  }

  @Test("has a limit for what a small body becomes", arguments: ContentCoding.allCases)
  func limit(coding: ContentCoding) throws {
    let encoded = try #require(coding.encode(Array(repeating: 0x20, count: 1_000_000)))
    #expect(coding.decode(encoded, limit: 999_999) == .failure(.tooLarge))
    #expect(coding.decode(encoded, limit: 0) == .failure(.tooLarge))
  }

  @Test(
    "is not undone for bytes that end early, are changed, or have others behind them", arguments: ContentCoding.allCases
  )
  func malformed(coding: ContentCoding) throws {
    let encoded = try #require(coding.encode(Array("a text that is long enough to be compressed".utf8)))
    for count in 0..<encoded.count {
      #expect(coding.decode(Array(encoded.prefix(count)), limit: 1000) == .failure(.malformed), "\(count)")
    }
    var changed = encoded
    changed[encoded.count - 5] ^= 1
    #expect(coding.decode(changed, limit: 1000) == .failure(.malformed))
    #expect(coding.decode(encoded + [0], limit: 1000) == .failure(.malformed))
    #expect(coding.decode(Array("{}".utf8), limit: 1000) == .failure(.malformed))
  }
}
