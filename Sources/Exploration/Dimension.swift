// The properties of an operation that vary: each is an enumeration whose first value is the plain one.

import ConformanceModel

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

/// How the names of header fields are spelled, which makes no difference (RFC 9110 section 5.1), and how many there are.
public enum FieldNames: String, DimensionValue {
  case usual
  case upperCase = "in upper case"
  case mixedCase = "in mixed case"
  case many = "sixty-four more"

  /// The same name in this spelling.
  func spell(_ name: String) -> String {
    switch self {
    case .usual, .many: name
    case .upperCase: name.uppercased()
    case .mixedCase:
      String(
        name.enumerated().map { $0.offset.isMultiple(of: 2) ? $0.element.lowercased() : $0.element.uppercased() }
          .joined())
    }
  }

  /// What a request has to carry beside its own fields.
  var added: [Template.Member] {
    self == .many ? [.init("X-Conform", .array(Array(repeating: Template("${unique}"), count: 64)))] : []
  }

  var effect: Effect {
    switch self {
    case .usual: .harmless()
    case .upperCase, .mixedCase: .harmless("BRR-15")
    // RFC 6585 section 5
    case .many: .open("BRR-08", [400, 413, 431].reduce(into: []) { $0.insert(.status($1)) })
    }
  }
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
  /// The values that the documents leave open and most services take.
  static var common: [Trait] { get }
  /// The call, or those with what its values need beside them.
  var completions: [Self] { get }
}

extension VariedCall {
  var completions: [Self] { [self] }
  static var common: [Trait] { [] }

  /// The values that differ from what a correct client does.
  var deviations: [Trait] { deviations(in: Self.dimensions) }

  func deviations(in dimensions: some Sequence<Dimension<Self>>) -> [Trait] {
    dimensions.compactMap { dimension in
      let index = dimension.index(self)
      return index == 0 ? nil : Trait(dimension: dimension.name, value: dimension.values[index])
    }
  }

  private var deviating: [Dimension<Self>] { Self.dimensions.filter { $0.index(self) != 0 } }

  private func plain(in dimensions: some Sequence<Dimension<Self>>) -> Self {
    var call = self
    for dimension in dimensions { dimension.set(&call, 0) }
    return call
  }

  /// The same call without any deviation; `nil` if it has none.
  var plainest: Self? { deviating.isEmpty ? nil : plain(in: deviating) }

  /// The same call with fewer deviations: with none, with half of them, and with one less, for each of them.
  var plainer: [Self] {
    let deviating = deviating
    let ones = deviating.map { plain(in: [$0]) }
    guard deviating.count > 2 else { return ones }
    let half = deviating.count / 2
    return [plain(in: deviating), plain(in: deviating.prefix(half)), plain(in: deviating.dropFirst(half))] + ones
  }

  /// The same call with each of its deviations alone, with each two of them, and with all.
  var withFewDeviations: [Self] {
    let deviating = deviating
    guard deviating.count > 1 else { return [self] }
    var calls: [Self] = []
    for first in deviating.indices {
      for second in first..<deviating.count {
        calls.append(plain(in: deviating.indices.filter { $0 != first && $0 != second }.map { deviating[$0] }))
      }
    }
    return calls.filter { $0 != self } + [self]
  }
}
