// Reads the values that a launched program makes.

import ConformanceModel
import YAML

extension TargetLoader {
  func launchValue(_ name: String, _ key: YAMLReader, _ reader: YAMLReader) -> Target.LaunchValue? {
    guard ScenarioLoader.checkName(name, at: key),
      let fields = reader.fields("a value of launch", TargetKeywords.launchValue)
    else { return nil }
    let isOutput = fields["output"] != nil
    guard isOutput != (fields["file"] != nil), !isOutput || fields["regex"] == nil else {
      reader.diagnostic("expected { file: PATH }, { file: PATH, regex: PATTERN } or { output: PATTERN }")
      return nil
    }
    let pattern = (fields["output"] ?? fields["regex"]).flatMap { field in
      field.text("a regular expression").map { text in
        field.checkPattern(text)
        return text
      }
    }
    if isOutput { return Target.LaunchValue(name: name, source: .output, pattern: pattern, place: key.place) }
    guard let path = fields["file"]?.textTemplate("file", scope) else { return nil }
    return Target.LaunchValue(name: name, source: .file(path), pattern: pattern, place: key.place)
  }

  /// Reports values that the start of the program uses.
  ///
  /// - Parameter count: How many uses there were before it was read.
  func checkLaunchValues(since count: Int) {
    for use in scope.launchValueUses[count...] { TargetLoader.reportEarly(use) }
  }

  private static func reportEarly(_ use: (path: [String], reader: YAMLReader)) {
    use.reader.diagnostic("${\(use.path.joined(separator: "."))} is not known before the program runs")
  }

  /// Reports values that no program makes.
  func checkLaunchValueNames(_ target: Target, baseURL: YAMLReader?) {
    var known: [String] = []
    if case .command(let launch) = target.launch { known = launch.values.map(\.name) }
    for use in scope.launchValueUses {
      if use.reader.place == baseURL?.place {
        TargetLoader.reportEarly(use)
      } else if use.path.count != 2 || !known.contains(use.path[1]) {
        let name = use.path.dropFirst().joined(separator: ".")
        use.reader.diagnostic(
          "the launched program makes no value '\(name.prefix(60))'\(Suggestion.text(for: name, among: known)); "
            + "write it under 'values' of 'launch'")
      }
    }
  }
}
