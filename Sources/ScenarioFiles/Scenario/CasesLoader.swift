// Reads the rows of values that make several test cases of one scenario.

import ConformanceModel
import Yams

struct CasesLoader {
  let scope: Scope

  /// The most cases that one scenario may have.
  static let most = 1_000_000

  /// A list of rows, or a mapping of columns that are combined.
  func cases(_ cursor: YAMLReader) -> Cases {
    switch cursor.node {
    case .sequence: return rows(cursor)
    case .mapping: return product(cursor)
    default:
      cursor.diagnostic("cases must be a list of rows, or a mapping of columns, not \(cursor.kind)")
      return .single
    }
  }

  private func rows(_ cursor: YAMLReader) -> Cases {
    guard let items = cursor.list("cases") else { return .single }
    if items.isEmpty { cursor.diagnostic("cases is empty: no test case is left") }
    var columns: Set<String>?
    var names: Set<String> = []
    var rows: [Cases.Row] = []
    for item in items {
      guard let members = item.members("a row of cases") else { continue }
      var values: [Template.Member] = []
      var name: String?
      for (key, keyCursor, value) in members {
        if key == "case" {
          name = value.text("case")
        } else if StepActionLoader(scope: scope).newName(keyCursor) != nil {
          values.append(Template.Member(key, value.template(scope)))
        }
      }
      let own = Set(values.map(\.name))
      if let columns, columns != own {
        item.diagnostic("every row has the same names; the first has \(columns.sorted().joined(separator: ", "))")
      }
      columns = columns ?? own
      let row = Cases.Row(name: ascii(name) ?? Cases.Row.name(of: values), values: values)
      if !names.insert(row.name).inserted {
        item.diagnostic("two rows are called '\(row.name)'; give one another 'case'")
      }
      rows.append(row)
    }
    for name in columns ?? [] { scope.save(name, as: .value) }
    return .rows(rows)
  }

  /// A row's own name, as reports can show it.
  private func ascii(_ name: String?) -> String? {
    name.map { String($0.unicodeScalars.map { (0x20..<0x7F).contains($0.value) ? Character($0) : "?" }.prefix(80)) }
  }

  private func product(_ cursor: YAMLReader) -> Cases {
    var columns: [Cases.Column] = []
    for (name, key, value) in cursor.members("cases") ?? [] {
      guard StepActionLoader(scope: scope).newName(key) != nil, let values = values(value) else { continue }
      columns.append(Cases.Column(name: name, values: values))
      scope.save(name, as: .value)
    }
    let counts = columns.map { column in
      switch column.values {
      case .list(let list): list.count
      case .range(let range): range.count
      }
    }
    if counts.reduce(1, { min($0 * $1, CasesLoader.most + 1) }) > CasesLoader.most {
      cursor.diagnostic("more than \(CasesLoader.most) test cases")
    }
    return columns.isEmpty ? .single : .product(columns)
  }

  private func values(_ cursor: YAMLReader) -> Cases.Column.Values? {
    if case .mapping = cursor.node {
      let keywords = [Keyword("from", "the first number", Shape.any), Keyword("to", "the last number", Shape.any)]
      guard let fields = cursor.fields("a range", keywords, required: ["from", "to"]),
        let from = fields["from"]?.integer("from", in: 0...1_000_000_000),
        let to = fields["to"]?.integer("to", in: 0...1_000_000_000)
      else { return nil }
      guard from <= to, to - from < CasesLoader.most else {
        cursor.diagnostic("a range goes up, by at most \(CasesLoader.most)")
        return nil
      }
      return .range(from...to)
    }
    guard let items = cursor.list("a column of cases") else { return nil }
    if items.isEmpty { cursor.diagnostic("the column is empty: no test case is left") }
    return .list(items.map { $0.template(scope) })
  }
}
