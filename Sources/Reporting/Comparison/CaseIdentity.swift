// How the cases of two files are matched.

import ConformanceModel

/// Matches cases by identity, never by their position in a file.
///
/// If both sides have case ids, the id is the identity. Otherwise it is suite, class and name; if a file has several
/// cases with the same of these, also the attributes of their suites that differ; and if both sides have several such
/// files, the names of the files. Cases that are still equal are attempts of the same case: the last one counts.
struct CaseIdentity {
  /// The attributes that can distinguish suites of one name. `id` is only the position in many dialects, so it comes
  /// last.
  static let qualifiers = ["file", "hostname", "package", "id"]

  private let usesIDs: Bool
  /// The distinguishing attributes, by the identity without them.
  private var distinguishing: [String: [String]] = [:]

  init(_ sides: [ComparedRun]) {
    usesIDs = sides.allSatisfy(\.hasIDs)
    guard !usesIDs else { return }
    /// How many sides have the case in several files.
    var inSeveralReports: [String: Int] = [:]
    for side in sides where side.log == nil {
      for (key, cases) in Dictionary(grouping: side.cases, by: CaseIdentity.base) where cases.count > 1 {
        let differing = CaseIdentity.qualifiers.filter { name in
          Set(cases.map { $0.qualifiers[name] }).count > 1
        }
        if Set(cases.map { $0.qualifiers[CaseIdentity.report] }).count > 1 { inSeveralReports[key, default: 0] += 1 }
        // a position distinguishes only what nothing else does
        let stable = differing.filter { $0 != "id" }
        let names = Set(distinguishing[key] ?? []).union(stable.isEmpty ? differing : stable)
        distinguishing[key] = CaseIdentity.qualifiers.filter(names.contains)
      }
    }
    for (key, count) in inSeveralReports where count == sides.count {
      let known = (distinguishing[key] ?? []).filter { $0 != "id" }
      distinguishing[key] = known.isEmpty ? [CaseIdentity.report] : known
    }
  }

  /// The qualifier that is the name of the JUnit file, if a side has several.
  static let report = "report"

  static func suite(_ path: String) -> String { "suite\u{0}\(path)" }

  private static func base(_ one: ComparedRun.Case) -> String {
    one.isSuite ? one.name : "\(one.suite)\u{0}\(one.name)"
  }

  func key(_ one: ComparedRun.Case) -> String {
    guard !usesIDs else { return one.id }
    let base = CaseIdentity.base(one)
    let values = (distinguishing[base] ?? []).map { "\($0)=\(one.qualifiers[$0] ?? "")" }
    return ([base] + values).joined(separator: "\u{0}")
  }

  /// The cases of a side, each once: of several attempts the last, with a note of the earlier ones.
  ///
  /// - Parameter other: The other side. If a suite has an error there and none here, the suite counts as passed here.
  func cases(of side: ComparedRun, pairedWith other: ComparedRun) -> [(key: String, case: ComparedRun.Case)] {
    let suites = other.cases.filter { $0.isSuite && side.healthySuites.contains($0.name) }
    let passed = suites.map { one in
      ComparedRun.Case(id: one.id, name: one.name, suite: one.suite, verdict: .passed, isSuite: true)
    }
    var result: [(key: String, case: ComparedRun.Case)] = []
    var indices: [String: Int] = [:]
    for var one in side.cases + passed {
      let key = key(one)
      if let qualifiers = distinguishing[CaseIdentity.base(one)], !usesIDs {
        let values = qualifiers.compactMap { one.qualifiers[$0] }
        if !values.isEmpty { one.id += " (\(values.joined(separator: ", ")))" }
      }
      guard let index = indices[key] else {
        indices[key] = result.count
        result.append((key, one))
        continue
      }
      let earlier = result[index].case
      if earlier.verdict != one.verdict { one.retry = "\(earlier.verdict.rawValue), then \(one.verdict.rawValue)" }
      one.retry = one.retry ?? earlier.retry
      result[index].case = one
    }
    return result
  }
}
