// A side of a comparison that consists of several JUnit files: those of the modules of a build, of shards, of reruns.

import ConformanceModel
public import RunEvents

extension ComparedRun {
  /// - Parameter paths: A run log, JUnit files, folders of JUnit files or of a run, and patterns such as
  ///   `**/surefire-reports/*.xml`.
  /// - Throws: `ReportError` if one of them names no file, or a file cannot be used.
  public init(paths: [String]) throws(ReportError) {
    let files = try ComparedFile.all(paths)
    if files.count == 1, let file = files.first, file.isNamed {
      try self.init(path: file.path)
    } else {
      let name = "\(paths.joined(separator: " ")) (\(files.count.counted("file")))"
      self.init(name, try ComparedRun.joined(files, name), hasIDs: nil)
    }
  }

  /// All files as one: the cases in the order in which the files were written, as far as they say so.
  private static func joined(_ files: [ComparedFile], _ name: String) throws(ReportError) -> JUnitFile {
    var parts: [(file: ComparedFile, content: JUnitFile)] = []
    var joined = JUnitFile()
    for file in files {
      if try firstByte(of: file.path) == UInt8(ascii: "{") {
        throw ReportError(
          path: file.path,
          message: "is not JUnit XML, and several files are compared as such; 'conform merge' joins run logs")
      }
      let content = try JUnitFile(anyXML: file.path)
      guard let refusal = content.refusal else {
        parts.append((file, content))
        continue
      }
      guard !file.isNamed else { throw ReportError(path: file.path, message: refusal) }
      joined.add(note: "has \(file.report), which is ignored: it \(refusal)")
    }
    // of several attempts the last one counts
    let sorted = parts.enumerated().sorted {
      ($0.element.content.startedAt?.milliseconds ?? .min, $0.offset)
        < ($1.element.content.startedAt?.milliseconds ?? .min, $1.offset)
    }
    for (_, part) in sorted { joined.add(part.content, report: part.file.report) }
    guard !joined.cases.isEmpty else { throw ReportError(path: name, message: "has no test case; nothing to compare") }
    return joined
  }
}

extension JUnitFile {
  fileprivate mutating func add(note: String) { if notes.count < JUnitFile.maxNotes { notes.append(note) } }

  /// Adds the cases of another file.
  ///
  /// - Parameter report: Its name, which can distinguish cases that are equal apart from it.
  fileprivate mutating func add(_ other: JUnitFile, report: String) {
    for var one in other.cases {
      one.qualifiers[CaseIdentity.report] = report
      cases.append(one)
    }
    casesWithID += other.casesWithID
    // a suite that has an error in one of the files is not healthy
    healthySuites.formUnion(other.healthySuites)
    healthySuites.subtract(cases.lazy.filter(\.isSuite).map(\.name))
    target = target ?? other.target
    startedAt = startedAt ?? other.startedAt
    aborted = aborted ?? other.aborted
    for note in other.notes { add(note: "has \(report), which \(note)") }
  }
}
