// The credentials of the manager in a header field.

import ConformanceModel

struct ManagerKey {
  /// The value of the field: `Bearer KEY`, `Basic BASE64`, or the key alone.
  let field: String
  /// The value at the end of the field, of which the target file says where it comes from; `nil` if that is not known.
  var end: String?

  /// The same with the last character of the key changed; of Basic credentials, that of the password (RFC 7617).
  ///
  /// - Returns: The field, and the texts in it that are almost secrets.
  var wrong: (field: String, secrets: [String]) {
    let words = field.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2 else {
      let key = Filter.changeLast.apply(field)
      return (key, [confidential(key)])
    }
    guard words[0].lowercased() == "basic", let pair = Base64.decode(words[1]),
      let text = String(validating: pair, as: UTF8.self), let colon = text.firstIndex(of: ":")
    else {
      let key = Filter.changeLast.apply(words[1])
      return ("\(words[0]) \(key)", [confidential(key)])
    }
    let password = text[text.index(after: colon)...]
    let wrong = password.isEmpty ? "A" : Filter.changeLast.apply(String(password))
    let encoded = Base64.encode(Array("\(text[...colon])\(wrong)".utf8))
    return ("\(words[0]) \(encoded)", [encoded, wrong])
  }

  /// What is left of the confidential value: what a key begins with may be a name that all reports show.
  private func confidential(_ key: String) -> String {
    guard let end, field.hasSuffix(end), end.utf8.count < key.utf8.count else { return key }
    return Filter.changeLast.apply(end)
  }
}
