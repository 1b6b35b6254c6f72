// Paths of scenario files as the page shows them: from the folder of their pack on.

import ConformanceModel
import RunEvents

struct PackPath {
  /// The folder of the pack of a case, with a slash at its end.
  private let root: String

  init(_ planned: PlannedCase) {
    // the suite of a scenario is its folder in the pack
    let path = "/\(planned.file)"
    if let range = path.ranges(of: "/\(planned.suite)/").last {
      let folder = String(path[..<range.lowerBound].dropFirst())
      root = folder.isEmpty ? "" : "\(folder)/"
    } else {
      root = String(path[...(path.lastIndex(of: "/") ?? path.startIndex)].dropFirst())
    }
  }

  func relative(_ path: String) -> String { path.hasPrefix(root) ? String(path.dropFirst(root.count)) : path }

  /// The case and the place of a step that an invariant found: `token-refused, bearer/token-refused.yaml:7`.
  func relative(origin: String) -> String {
    let place = ", \(root)"
    return root.isEmpty ? origin : origin.replacing(place, with: ", ", maxReplacements: 1)
  }

  /// The lines about a finding, in which a line has its place.
  func relative(lines text: String) -> String {
    guard !root.isEmpty else { return text }
    let place = "  at \(root)"
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix(place) ? "  at \($0.dropFirst(place.count))" : String($0) }.joined(separator: "\n")
  }
}
