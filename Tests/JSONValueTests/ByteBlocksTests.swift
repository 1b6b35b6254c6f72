// Eight bytes at a time are looked at as one by one.

import JSONValue
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

  @Test("has a byte from a limit on exactly if one of eight is", arguments: [0x01, 0x20, 0x7F, 0x80] as [UInt8])
  func from(limit: UInt8) {
    for other in 0..<limit {
      #expect(ByteBlocks.has(from: limit, in: Self.block(other)) == 0)
      for place in 0..<8 {
        #expect(ByteBlocks.has(from: limit, in: Self.block(other, limit, at: place)) != 0)
        #expect(ByteBlocks.has(from: limit, in: Self.block(other, 0xFF, at: place)) != 0)
      }
    }
  }

  @Test("find the first byte of a kind as one by one", arguments: 0..<40)
  func first(place: Int) {
    // bytes whose marks could carry over to their neighbours
    for neighbour in [0x00, 0x1F, 0x3B, 0x3D, 0x7E, 0x80, 0xFF] as [UInt8] {
      var text = [UInt8](repeating: neighbour, count: 37)
      if place < text.count { text[place] = UInt8(ascii: "<") }
      for start in 0...text.count {
        let found = text.withUnsafeBufferPointer { source in
          ByteBlocks.first(in: source, from: start) { ByteBlocks.has(UInt8(ascii: "<"), in: $0) }
        }
        #expect(found == text[start...].firstIndex(of: UInt8(ascii: "<")) ?? text.count)
        let low = text.withUnsafeBufferPointer { source in
          ByteBlocks.first(in: source, from: start) { ByteBlocks.has(below: 0x20, in: $0) }
        }
        #expect(low == text[start...].firstIndex { $0 < 0x20 } ?? text.count)
        let high = text.withUnsafeBufferPointer { source in
          ByteBlocks.first(in: source, from: start) { ByteBlocks.has(from: 0x7F, in: $0) }
        }
        #expect(high == text[start...].firstIndex { $0 >= 0x7F } ?? text.count)
      }
    }
  }

  private static func block(_ byte: UInt8, _ one: UInt8? = nil, at place: Int = 0) -> UInt64 {
    var bytes = [UInt8](repeating: byte, count: 8)
    if let one { bytes[place] = one }
    return bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
  }
}
