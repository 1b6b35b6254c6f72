// Eight bytes at a time are passed over as one by one.

import ConformanceModel
import Testing

@Suite("Blocks of bytes")
struct ByteBlocksTests {
  @Test("has a byte exactly if one of eight is it", arguments: [0x00, 0x20, 0x5C, 0x7F, 0x80, 0xE2, 0xFF] as [UInt8])
  func byte(wanted: UInt8) {
    for other in UInt8.min ... .max where other != wanted {
      #expect(ByteBlocks.has(wanted, in: Self.block(other)) == 0)
      for place in 0..<8 { #expect(ByteBlocks.has(wanted, in: Self.block(other, wanted, at: place)) != 0) }
    }
  }

  @Test("has a byte below a limit exactly if one of eight is", arguments: [0x01, 0x0E, 0x20, 0x80] as [UInt8])
  func below(limit: UInt8) {
    for other in limit ... .max {
      #expect(ByteBlocks.has(below: limit, in: Self.block(other)) == 0)
      for place in 0..<8 {
        #expect(ByteBlocks.has(below: limit, in: Self.block(other, limit - 1, at: place)) != 0)
        #expect(ByteBlocks.has(below: limit, in: Self.block(other, 0, at: place)) != 0)
      }
    }
  }

  @Test("are skipped up to the first with the byte, or fewer than eight", arguments: 0..<40)
  func skip(place: Int) {
    var text = [UInt8](repeating: UInt8(ascii: "a"), count: 37)
    if place < text.count { text[place] = UInt8(ascii: "<") }
    for start in 0..<text.count {
      let end = text.withUnsafeBufferPointer { source in
        ByteBlocks.skip(source, from: start) { ByteBlocks.has(UInt8(ascii: "<"), in: $0) == 0 }
      }
      #expect((end - start) % 8 == 0 && !text[start..<end].contains(UInt8(ascii: "<")))
      #expect(end + 8 > text.count || text[end..<end + 8].contains(UInt8(ascii: "<")))
    }
  }

  private static func block(_ byte: UInt8, _ one: UInt8? = nil, at place: Int = 0) -> UInt64 {
    var bytes = [UInt8](repeating: byte, count: 8)
    if let one { bytes[place] = one }
    return bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
  }
}
