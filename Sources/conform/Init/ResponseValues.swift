// Finds values in a response whose form is not known yet, by the names of its members.

import ConformanceModel
import JSONValue

/// The members of a JSON body that can be a value, each as a JSON Pointer (RFC 6901).
struct ResponseValues {
  struct Leaf {
    var tokens: [String]
    var value: JSON

    var text: String { value.plainText }
    var pointer: String { JSONPointer(tokens: tokens).description }
    /// The name of the member in small letters and without separators: `clientid`.
    var name: String { (tokens.last ?? "").lowercased().filter(\.isLetter) }
  }

  private static let maxLeaves = 300
  let leaves: [Leaf]

  /// - Returns: `nil` if the body is not JSON.
  init?(_ body: [UInt8]) {
    guard let json = try? JSON(parsing: body) else { return nil }
    var leaves: [Leaf] = []
    func add(_ json: JSON, _ tokens: [String]) {
      guard leaves.count < ResponseValues.maxLeaves else { return }
      switch json {
      case .object(let members): for member in members { add(member.value, tokens + [member.name]) }
      case .array(let items): for (index, item) in items.enumerated() { add(item, tokens + ["\(index)"]) }
      case .string(let text) where text.isEmpty: break
      case .string, .number: leaves.append(Leaf(tokens: tokens, value: json))
      case .bool, .null: break
      }
    }
    add(json, [])
    self.leaves = leaves
  }

  /// The first member with one of these names, in the order of the names.
  func first(named names: [String]) -> Leaf? {
    names.lazy.compactMap { name in leaves.first { $0.name == name } }.first
  }

  /// The member at a place; `nil` if there is none, or it is neither a text nor a number.
  func leaf(at pointer: JSONPointer) -> Leaf? { leaves.first { $0.tokens == pointer.tokens } }

  /// Id and secret of a new client, as far as the names of the members show which they are.
  ///
  /// - Parameter sent: Values of the request, which the response may repeat.
  func credentials(without sent: Set<String>) -> (id: Leaf?, secret: Leaf?) {
    let secrets = ["clientsecret", "secret", "secretkey", "secretvalue", "apisecret", "password", "passphrase", "key"]
    let ids = ["clientid", "id", "clientkey", "appid", "identifier", "uuid", "key", "username"]
    let new = ResponseValues(leaves.filter { !sent.contains($0.text) })
    let secret = new.first(named: secrets) ?? new.leaves.first { $0.name.contains("secret") }
    let others = ResponseValues(new.leaves.filter { $0.tokens != secret?.tokens })
    return (others.first(named: ids) ?? others.leaves.first { $0.name.hasSuffix("id") }, secret)
  }

  /// The place of all items of a list, of which one has this text: `/clients/*/id`.
  func list(with text: String) -> String? {
    guard let leaf = leaves.first(where: { $0.text == text }),
      let index = leaf.tokens.lastIndex(where: { Int($0) != nil })
    else { return nil }
    var tokens = leaf.tokens
    tokens[index] = "*"
    return JSONPointer(tokens: tokens).description
  }

  private init(_ leaves: [Leaf]) { self.leaves = leaves }
}
