// The properties of an operation that vary: each is an enumeration whose first value is the plain one.

/// A value of a dimension. The first case is the plain one: what a correct client does.
public protocol DimensionValue: RawRepresentable<String>, CaseIterable, Hashable, Sendable {}

/// The method of a request that is right by POST.
public enum CallMethod: String, DimensionValue {
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
  case get = "GET"
  case unknown = "CONFORM"
}

/// One dimension of a call, independent of the type of its values.
struct Dimension<Call>: Sendable {
  let name: String
  /// The names of the values; the first is the plain one.
  let values: [String]
  /// The index of the value that a call has.
  let index: @Sendable (Call) -> Int
  /// Gives a call the value with this index.
  let set: @Sendable (inout Call, Int) -> Void

  init<Value: DimensionValue>(_ name: String, _ path: any WritableKeyPath<Call, Value> & Sendable) {
    let all = Array(Value.allCases)
    self.name = name
    values = all.map(\.rawValue)
    index = { call in all.firstIndex(of: call[keyPath: path]) ?? 0 }
    set = { call, index in if all.indices.contains(index) { call[keyPath: path] = all[index] } }
  }
}

/// A value of a dimension by name, for the coverage.
public struct Trait: Sendable, Hashable {
  public var dimension: String
  public var value: String
}

/// A call whose properties vary.
protocol VariedCall: Sendable, Hashable {
  /// In a fixed order.
  static var dimensions: [Dimension<Self>] { get }
  /// The call, or those with what its values need beside them.
  var completions: [Self] { get }
}

extension VariedCall {
  var completions: [Self] { [self] }

  /// The values that differ from what a correct client does.
  var deviations: [Trait] { deviations(in: Self.dimensions) }

  func deviations(in dimensions: some Sequence<Dimension<Self>>) -> [Trait] {
    dimensions.compactMap { dimension in
      let index = dimension.index(self)
      return index == 0 ? nil : Trait(dimension: dimension.name, value: dimension.values[index])
    }
  }

  /// The same call with one deviation less, for each of them.
  var plainer: [Self] {
    Self.dimensions.filter { $0.index(self) != 0 }.map { dimension in
      var call = self
      dimension.set(&call, 0)
      return call
    }
  }
}
