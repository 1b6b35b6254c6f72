// The bytes of a line of the run log while it is written.

import JSONValue

/// Bytes that grow by small pieces. An array asks with each piece whether it is shared, and a line has some hundred.
struct LineBuffer: ~Copyable {
  private var bytes: UnsafeMutablePointer<UInt8>
  private var count = 0
  private var capacity: Int

  /// Most lines are shorter.
  private static let usualSize = 2048

  init() {
    capacity = LineBuffer.usualSize
    bytes = .allocate(capacity: capacity)
  }

  deinit { bytes.deallocate() }

  var contents: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: count) }

  mutating func append(_ byte: UInt8) {
    reserve(1)
    bytes[count] = byte
    count += 1
  }

  mutating func append(_ piece: UnsafeBufferPointer<UInt8>) {
    guard let start = piece.baseAddress else { return }
    reserve(piece.count)
    (bytes + count).update(from: start, count: piece.count)
    count += piece.count
  }

  mutating func append(_ piece: [UInt8]) { piece.withUnsafeBufferPointer { append($0) } }

  mutating func append(_ piece: StaticString) {
    append(UnsafeBufferPointer(start: piece.utf8Start, count: piece.utf8CodeUnitCount))
  }

  /// Appends a string literal. `inout` because the bytes of a text can then be read where they are.
  mutating func append(literal text: inout String) {
    append(UInt8(ascii: "\""))
    text.withUTF8 { source in JSON.escape(source) { append($0) } }
    append(UInt8(ascii: "\""))
  }

  /// Appends the digits of a number.
  ///
  /// - Parameter minCount: So many digits at least, with zeros before the number.
  mutating func append(decimal number: Int, minCount: Int = 1) {
    if number < 0 { append(UInt8(ascii: "-")) }
    reserve(LineBuffer.maxDigits)
    let start = count
    var rest = number.magnitude
    repeat {
      bytes[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
      count += 1
    } while rest > 0 || count - start < minCount
    var digits = UnsafeMutableBufferPointer(start: bytes + start, count: count - start)
    digits.reverse()
  }

  private static let maxDigits = 20

  /// Appends seconds with up to six digits after the point, as `Double.plain` writes them.
  mutating func append(seconds: Double) {
    let millionths = (seconds * 1e6).rounded()
    guard seconds >= 0, millionths < 9e18 else { return append(Array(seconds.plain(decimals: 6).utf8)) }
    let (whole, rest) = Int(millionths).quotientAndRemainder(dividingBy: 1_000_000)
    append(decimal: whole)
    guard rest > 0 else { return }
    append(UInt8(ascii: "."))
    var (fraction, places) = (rest, 6)
    while fraction % 10 == 0 {
      fraction /= 10
      places -= 1
    }
    append(decimal: fraction, minCount: places)
  }

  /// Appends the comma after a former member, if there is one, and the name.
  mutating func startMember(_ key: [UInt8]) {
    if bytes[count - 1] != UInt8(ascii: "{") { append(UInt8(ascii: ",")) }
    append(key)
  }

  @inline(__always)
  private mutating func reserve(_ size: Int) {
    if count + size > capacity { grow(size) }
  }

  private mutating func grow(_ size: Int) {
    capacity = max(2 * capacity, count + size)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: bytes, count: count)
    bytes.deallocate()
    bytes = larger
  }
}
