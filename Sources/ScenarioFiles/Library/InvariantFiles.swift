// Reads the invariants of packs while their requirements are read.

import ConformanceModel
import Dispatch

/// The files of invariants beside files of requirements, being read on another thread.
struct InvariantFiles {
  private let paths: [String]
  private let group = DispatchGroup()
  private let results = Locked<[String: InvariantsLoader]>([:])

  /// - Parameter roots: The paths of files of requirements.
  init(besides roots: [String]) {
    paths = roots.map { Path.join(Path.folder(of: $0), "invariants.yaml") }.filter { FileEntry($0) != nil }
    // a global queue may have no thread besides the one that waits
    let queue = DispatchQueue(label: "conform-invariants")
    for path in paths {
      queue.async(group: group) { [results] in
        let loader = InvariantsLoader(SourceFile(path: path))
        results.withLock { $0[path] = loader }
      }
    }
  }

  /// Waits until all have been read. In the order of the roots.
  func loaded() -> [InvariantsLoader] {
    group.wait()
    return results.withLock { results in paths.compactMap { results[$0] } }
  }
}
