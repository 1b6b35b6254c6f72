// Reads `cases`: the rows of values that make several test cases of one scenario.

import ConformanceModel
import YAML

struct CasesLoader {
  let scope: Scope
  let uses: UsedFiles

  /// The maximum number of cases of one scenario.
  static let maxCases = 1_000_000

  /// A list of rows, or a mapping of columns that are combined.
  func cases(_ reader: YAMLReader) -> Cases {
    switch reader.node.kind {
    case .sequence: return rows(reader)
    case .mapping:
      let members = reader.members("cases") ?? []
      if let file = members.first?.value, members.count == 1, members[0].name == "file", file.node.kind == .scalar {
        return rows(inFile: file)
      }
      if let samples = members.first(where: { $0.name == "samples" })?.value, samples.node.kind == .scalar {
        return self.samples(reader)
      }
      return product(reader)
    case .scalar:
      reader.diagnostic("cases must be a list of rows or a mapping of columns, not \(reader.kind)")
      return .single
    }
  }

  /// The rows that the samples of a target make.
  private func samples(_ reader: YAMLReader) -> Cases {
    guard let fields = reader.fields("cases", ScenarioKeywords.samples, required: ["samples"]) else { return .single }
    if let word = fields["samples"], let text = word.text("samples"), text != "refused" {
      word.diagnostic("unknown kind of samples '\(text.prefix(60))'; expected: refused")
    }
    let columns = Scenario.refusedSampleColumns
    for name in [columns.sample, columns.status] { scope.save(name, as: .value) }
    return .refusedSamples(of: fields["connector"].flatMap { $0.word("connector", ConnectorRole.self) } ?? .first)
  }

  /// The rows of another file.
  private func rows(inFile reader: YAMLReader) -> Cases {
    guard let name = reader.text("file") else { return .single }
    guard !name.hasPrefix("/"), PackFolder.isYAML(name) || name.lowercased().hasSuffix(".json") else {
      reader.diagnostic("rows are in a YAML or JSON file, whose path is relative to this file: rows.yaml")
      return .single
    }
    let file = SourceFile(path: reader.file.neighbour(name))
    file.usedAt = [reader.place]
    defer { reader.file.adopt(file) }
    guard let root = file.parse() else { return .single }
    uses.add(NodeDigest.of(root.node, capacity: file.size))
    guard root.node.kind == .sequence else {
      root.diagnostic("a file of rows must be a list of mappings, not \(root.kind)")
      return .single
    }
    return rows(root)
  }

  private func rows(_ reader: YAMLReader) -> Cases {
    guard let items = reader.list("cases") else { return .single }
    if items.isEmpty { reader.diagnostic("cases is empty; expected a row") }
    var columns: Set<String>?
    var names: Set<String> = []
    var rows: [Cases.Row] = []
    for item in items {
      guard let members = item.members("a row of cases") else { continue }
      var values: [Template.Member] = []
      var name: String?
      for (key, keyReader, value) in members {
        if key == "case" {
          name = value.text("case")
        } else if StepActionLoader(scope: scope).newName(keyReader) != nil {
          values.append(Template.Member(key, value.template(scope)))
        }
      }
      let own = Set(values.map(\.name))
      if let columns, columns != own {
        item.diagnostic(
          "every row must have the same names; the first has: \(columns.sorted().joined(separator: ", "))")
      }
      columns = columns ?? own
      let row = Cases.Row(name: ascii(name) ?? Cases.Row.name(of: values), values: values)
      if !names.insert(row.name).inserted {
        item.diagnostic("duplicate row name '\(row.name)'; set a different 'case' in one of them")
      }
      rows.append(row)
    }
    for name in columns ?? [] { scope.save(name, as: .value) }
    return .rows(rows)
  }

  /// The name of a row in ASCII, for reports.
  private func ascii(_ name: String?) -> String? {
    name.map { String($0.unicodeScalars.map { (0x20..<0x7F).contains($0.value) ? Character($0) : "?" }.prefix(80)) }
  }

  private func product(_ reader: YAMLReader) -> Cases {
    var columns: [Cases.Column] = []
    for (name, key, value) in reader.members("cases") ?? [] {
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
    if counts.reduce(1, { min($0 * $1, CasesLoader.maxCases + 1) }) > CasesLoader.maxCases {
      reader.diagnostic("more than \(CasesLoader.maxCases) test cases; use fewer values")
    }
    return columns.isEmpty ? .single : .product(columns)
  }

  private func values(_ reader: YAMLReader) -> Cases.Column.Values? {
    if reader.node.kind == .mapping {
      let keywords = [Keyword("from", "the first number", Shape.any), Keyword("to", "the last number", Shape.any)]
      guard let fields = reader.fields("a range", keywords, required: ["from", "to"]),
        let from = fields["from"]?.integer("from", in: 0...1_000_000_000),
        let to = fields["to"]?.integer("to", in: 0...1_000_000_000)
      else { return nil }
      guard from <= to, to - from < CasesLoader.maxCases else {
        reader.diagnostic("'from' must not be above 'to', and a range has at most \(CasesLoader.maxCases) values")
        return nil
      }
      return .range(from...to)
    }
    guard let items = reader.list("a column of cases") else { return nil }
    if items.isEmpty { reader.diagnostic("the column is empty; expected a value") }
    return .list(items.map { $0.template(scope) })
  }
}
