// Steps that run once for several cases.

/// What the names that a fragment's steps save are in the scenario.
public struct FragmentNames: Sendable, Hashable {
  /// The names begin with this and a dot, except the outputs: no scenario has names with a dot.
  public let prefix: String
  /// The names of the outputs in the scenario, by those in the file.
  public let outputs: [String: String]

  public init(prefix: String, outputs: [String: String]) {
    self.prefix = prefix
    self.outputs = outputs
  }

  /// The name in the scenario of one that the file has.
  public func name(_ own: String) -> String { outputs[own] ?? "\(prefix).\(own)" }

  /// The name in the file of one in the scenario; `nil` if it is not one of the file's.
  public func ownName(_ name: String) -> String? {
    if let output = outputs.first(where: { $0.value == name }) { return output.key }
    guard name.hasPrefix("\(prefix).") else { return nil }
    let own = name.dropFirst(prefix.count + 1)
    return own.contains(".") ? nil : String(own)
  }
}

/// The use of a fragment whose steps run in the first case that comes to them; the others take over what they saved.
public final class SharedUse: Sendable, Hashable {
  /// The cases that share the steps.
  public enum Extent: String, Sendable, CaseIterable {
    case run, suite
  }

  public let extent: Extent
  /// Equal for the uses of one fragment with the same values.
  public let key: String
  public let names: FragmentNames

  public init(extent: Extent, key: String, names: FragmentNames) {
    self.extent = extent
    self.key = key
    self.names = names
  }

  public static func == (one: SharedUse, other: SharedUse) -> Bool {
    one.extent == other.extent && one.key == other.key && one.names == other.names
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(extent)
    hasher.combine(key)
    hasher.combine(names)
  }
}
