// What a target file says of a request, for the cases of a run and for a file that is being tried.

import ConformanceModel
import JSONValue

extension TargetSession {
  /// A sample payload of the target file, and its media type. Its templates can use the target's values and `${unique}`.
  func content(
    of sample: Target.Sample, _ connector: Target.Connector, unique: JSON
  ) throws -> ([UInt8], contentType: String?) {
    let more = ["unique": unique, "connector": try templates.values(of: connector)]
    switch sample.payload {
    case .json(let template):
      return (try templates.resolve(template, more).compactBytes, sample.contentType ?? "application/json")
    case .text(let template):
      return (
        Array(try templates.resolve(template, more).plainText.utf8), sample.contentType ?? connector.validContentType
      )
    case .hex(let bytes): return (bytes, sample.contentType ?? connector.validContentType)
    case .sample, .chosenSample, .validOfSize, .validSpelled, .validMalformed:
      throw TargetError("the payload '\(sample.name)' refers to another payload")
    }
  }
}

extension Target.Connector {
  /// The media type of the sample `valid`: an invalid payload differs from it in the content alone.
  var validContentType: String {
    let valid = payloads.first { $0.name == "valid" }
    if let contentType = valid?.contentType { return contentType }
    if case .text(let template) = valid?.payload, template.literalText?.hasPrefix("<") == true {
      return "application/xml"
    }
    return "application/json"
  }
}

/// The credentials of HTTP Basic (RFC 7617 section 2).
enum BasicCredentials {
  /// The value of the field Authorization without its scheme.
  ///
  /// - Parameter isRaw: Id and secret are not form-encoded first, as RFC 6749 section 2.3.1 requires.
  static func encode(_ id: String, _ secret: String, isRaw: Bool = false) -> String {
    let pair = isRaw ? "\(id):\(secret)" : "\(FormEncoding.encode(id)):\(FormEncoding.encode(secret))"
    return Base64.encode(Array(pair.utf8))
  }
}
