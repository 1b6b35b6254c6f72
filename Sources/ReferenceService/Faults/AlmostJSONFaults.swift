// Parsers that take more than JSON.

import JSONValue

extension Fault {
  static let almostJSON: [Fault] = [
    lenient("trailing-commas-accepted", "Payloads with a comma before the last bracket are accepted.") {
      replacing(",}", by: "}", in: $0)
    },
    lenient("nan-accepted", "Payloads with the number NaN are accepted.") { replacing(":NaN", by: ":0", in: $0) },
    lenient("leading-zeros-accepted", "Payloads with a leading zero are accepted.") {
      replacing(":01", by: ":1", in: $0)
    },
    lenient("single-quotes-accepted", "Payloads with texts in single quotes are accepted.") {
      replacing("'", by: "\"", in: $0)
    },
    lenient("bare-names-accepted", "Payloads with names of members without quotation marks are accepted.") {
      replacing(",conform:", by: ",\"conform\":", in: $0)
    },
    lenient("control-characters-accepted", "Payloads with control characters in texts are accepted.") {
      replacing("\u{1}", by: " ", in: $0)
    },
    lenient("comments-accepted", "Payloads with comments are accepted.") {
      replacing("/* conform */", by: "", in: $0)
    },
    lenient("second-texts-accepted", "Payloads followed by another JSON text are accepted.") {
      replacing("}{}", by: "}", in: $0)
    },
    lenient("unterminated-payloads-accepted", "Payloads without the last bracket are accepted.") {
      $0 + [UInt8(ascii: "}")]
    },
    lenient("bytes-beyond-utf8-accepted", "Payloads with bytes that are not UTF-8 are accepted.") {
      $0.map { $0 == 0xFF ? 0x3F : $0 }
    },
  ]

  /// - Parameter fix: The JSON that this parser reads in place of what is almost JSON.
  private static func lenient(
    _ name: String, _ sentence: String, _ fix: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) -> Fault {
    Fault(name, .minor, .payload, sentence) {
      $0.readable = { body in (try? JSON(parsing: body)) == nil ? fix(body) : body }
    }
  }

  private static func replacing(_ old: String, by new: String, in bytes: [UInt8]) -> [UInt8] {
    let old = Array(old.utf8)
    var result: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      if rest.starts(with: old) {
        result += new.utf8
        rest = rest.dropFirst(old.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
