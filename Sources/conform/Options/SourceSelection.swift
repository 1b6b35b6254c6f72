// `--source`: the requirements of a document, and the scenarios that cover them.

import ConformanceModel
import ScenarioFiles

struct SourceSelection {
  /// The ids of the requirements; `nil` selects all.
  private let requirements: Set<String>?

  /// - Throws: `StartError` if no covered requirement names one of the documents.
  init(_ sources: [String], _ library: Library) throws(StartError) {
    guard !sources.isEmpty else {
      requirements = nil
      return
    }
    var chosen: Set<String> = []
    for source in sources {
      let found = try SourceSelection.ids(source, library)
      let covered = library.scenarios.contains { !found.isDisjoint(with: $0.covers) }
      guard covered else {
        throw StartError(
          .usageError, "--source '\(source)': no scenario covers \(found.sorted().joined(separator: ", "))")
      }
      chosen.formUnion(found)
    }
    requirements = chosen
  }

  func includes(_ scenario: Scenario) -> Bool { requirements?.isDisjoint(with: scenario.covers) != true }

  func includes(_ requirement: Requirement) -> Bool { requirements?.contains(requirement.id) != false }

  private static func ids(_ source: String, _ library: Library) throws(StartError) -> Set<String> {
    let wanted = SourceReference.all(in: source)
    let found = library.requirements.filter { requirement in
      requirement.references.contains { cited in wanted.contains { $0.includes(cited) } }
    }
    if !found.isEmpty { return Set(found.map(\.id)) }
    let cited = library.requirements.flatMap(\.references)
    let ofDocument = cited.filter { reference in wanted.contains { $0.isSameDocument(as: reference) } }
    if let document = ofDocument.first?.document {
      let parts = unique(ofDocument.flatMap(\.parts).map(\.description)).sorted()
      throw StartError(
        .usageError,
        "--source '\(source)': no requirement names this part of \(document); named are: \(list(parts, max: 30))")
    }
    let documents = unique(cited.map(\.document))
    let near = NameSelection.similar(
      wanted.first?.document ?? source, documents,
      all:
        "documents: \(list(documents.filter { $0.hasPrefix("RFC") } + documents.filter { !$0.hasPrefix("RFC") }, max: 20))"
    )
    throw StartError(.usageError, "--source '\(source)': no requirement names this document\(near)")
  }

  private static func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }

  private static func list(_ texts: [String], max: Int) -> String {
    texts.prefix(max).joined(separator: "; ") + (texts.count > max ? "; …" : "")
  }
}
