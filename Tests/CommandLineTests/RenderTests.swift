import Foundation
import Reporting
import Testing

@Suite("conform render")
struct RenderTests {
  private static func finished() throws -> Workspace {
    let workspace = try Workspace(scenarios: [
      "wrong": RunTests.passing.replacing("status: 401", with: "status: 403") + "\ncases: { n: { from: 1, to: 20 } }"
    ])
    _ = try workspace.conform("run")
    return workspace
  }

  @Test("makes the reports that the run made before its end was certain", arguments: ["401", "403"])
  func sameAsRun(status: String) throws {
    let workspace = try Workspace(scenarios: [
      "one": RunTests.passing.replacing("status: 401", with: "status: \(status)")
    ])
    let all = ReportFormat.allCases.filter { $0 != .github }
    let words = all.flatMap { ["--report", $0.rawValue] }
    _ = try workspace.conform(["run"] + words)
    #expect(try workspace.conform(["render", "--reports", "Again"] + words).status == 0)
    for format in all {
      #expect(
        try workspace.read("Again/\(format.fileName)") == workspace.read("Reports/\(format.fileName)"), "\(format)")
    }
    #expect(try workspace.names(in: "Again").allSatisfy { !$0.hasSuffix(".tmp") })
    #expect(try workspace.names(in: "Reports").allSatisfy { !$0.hasSuffix(".tmp") })
  }

  @Test("what a broken log holds steers no terminal")
  func hostileLog() throws {
    let workspace = try Workspace()
    for log in [
      "{\"event\":\"\\u001b[31mred\\u0007\"}\n", "\u{1B}]0;title\u{7}\n", "{\"event\":\"\u{202E}::error::x\"}\n",
    ] {
      try workspace.write(log, to: "run.jsonl")
      let outcome = try workspace.conform("render", "run.jsonl")
      #expect(outcome.status == 2)
      #expect(
        outcome.errors.unicodeScalars.allSatisfy {
          $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F && $0.value != 0x202E
        }, "\(outcome.errors.debugDescription)")
    }
  }

  @Test("ends quietly where the reader of its output has seen enough", arguments: ReportFormat.allCases)
  func closedPipe(format: ReportFormat) throws {
    let workspace = try RenderTests.finished()
    let process = Process()
    process.executableURL = Workspace.program
    process.arguments = ["render", "--report", "\(format.rawValue)=-"]
    process.currentDirectoryURL = workspace.folder
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try output.fileHandleForReading.close()
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "")
  }

  @Test("reports that the standard output cannot take a report", arguments: [ReportFormat.junit, .tap])
  func fullOutput(format: ReportFormat) throws {
    let workspace = try RenderTests.finished()
    let process = Process()
    process.executableURL = Workspace.program
    process.arguments = ["render", "--report", "\(format.rawValue)=-"]
    process.currentDirectoryURL = workspace.folder
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: "/dev/full"))
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 3)
    #expect(
      String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).contains(
        "No space left on device"))
  }

  @Test(
    "names files as the CI system does, whatever path the scenarios were given by",
    arguments: [[:], ["CI_PROJECT_DIR": ".."], ["GITHUB_WORKSPACE": ".."]])
  func paths(variables: [String: String]) throws {
    let workspace = try Workspace(scenarios: ["wrong": RunTests.passing.replacing("status: 401", with: "status: 403")])
    let root = workspace.folder.resolvingSymlinksInPath()
    let environment = variables.mapValues { _ in root.deletingLastPathComponent().path }
    let expected =
      environment.isEmpty ? "Scenarios/area/wrong.yaml" : "\(root.lastPathComponent)/Scenarios/area/wrong.yaml"
    for path in ["\(root.path)/Scenarios", "./Scenarios", "Scenarios/../Scenarios/"] {
      _ = try workspace.conform("run", path, environment: environment)
      let outcome = try workspace.conform(
        "render", "--report", "github", "--report", "gitlab", "--report", "ctrf", "--report", "junit-extended",
        environment: environment)
      #expect(outcome.status == 0)
      #expect(outcome.output.contains("::error file=\(expected),line=14,endLine=14,"), "\(outcome.output)")
      #expect(try workspace.read("Reports/gl-code-quality.json").contains(#""path": "\#(expected)""#))
      #expect(try workspace.read("Reports/ctrf.json").contains(#""filePath": "\#(expected)""#))
      #expect(try workspace.read("Reports/junit-extended.xml").contains(#"file="\#(expected)""#))
    }
  }

  @Test(
    "refuses a report over the log, over another report, or in a missing folder, by any spelling, before anything is done",
    arguments: [
      (["render", "--report", "tap=Reports/run.jsonl"], "--report tap would overwrite Reports/run.jsonl"),
      (
        ["render", "--report", "tap=Reports/../Reports/./run.jsonl"],
        "--report tap would overwrite Reports/run.jsonl"
      ),
      (["render", "--report", "tap=link.jsonl"], "--report tap would overwrite Reports/run.jsonl"),
      (["run", "--report", "html=Reports/run.jsonl"], "--report html would overwrite Reports/run.jsonl"),
      (["run", "--reports", ".", "--report", "html=run.jsonl"], "--report html would overwrite run.jsonl"),
      (
        ["run", "--report", "html", "--report", "tap=./Reports/report.html"],
        "two --report options name the same file: ./Reports/report.html"
      ),
      (
        ["run", "--report", "html=new", "--report", "tap=./new"],
        "two --report options name the same file: ./new"
      ),
      (
        ["run", "--report", "junit=nowhere/junit.xml"],
        "--report junit=nowhere/junit.xml cannot be written: the folder nowhere does not exist"
      ),
      (
        ["run", "--baseline", "Reports/run.jsonl", "--report", "html=Reports/compare.html"],
        "--report html would overwrite Reports/compare.html"
      ),
      (["run", "--reports", ""], "--reports must name a folder"),
      (
        ["merge", "Reports/run.jsonl", "--report", "tap=link.jsonl"],
        "--report tap would overwrite Reports/run.jsonl"
      ),
      (
        ["compare", "Reports/run.jsonl", "link.jsonl", "--output", "Reports/run.jsonl"],
        "the comparison would overwrite Reports/run.jsonl"
      ),
      (
        ["compare", "Reports/run.jsonl", "link.jsonl", "--format", "html=a", "--format", "json=./a"],
        "two --format options name the same file: ./a"
      ),
      (
        ["compare", "Reports/run.jsonl", "link.jsonl", "--format", "html=a", "--output", "b"],
        "--output applies to a --format without =PATH, and there is none"
      ),
    ])
  func places(arguments: [String], message: String) throws {
    let workspace = try RenderTests.finished()
    try FileManager.default.createSymbolicLink(
      atPath: workspace.folder.appending(path: "link.jsonl").path, withDestinationPath: "Reports/run.jsonl")
    let log = try workspace.read("Reports/run.jsonl")
    let (process, _, errors) = try workspace.start(arguments, within: 60)
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    let printed = try Workspace.text(errors)
    #expect(printed.contains("Error: \(message)"), "\(printed)")
    #expect(try workspace.read("Reports/run.jsonl") == log)
    #expect(!workspace.exists("run.jsonl") && !workspace.exists("new") && !workspace.exists("a"))
  }

  @Test(
    "a log in which a failed case was made to pass is refused wherever a log is read", arguments: ["passed", "skipped"])
  func edited(verdict: String) throws {
    let workspace = try RenderTests.finished()
    let lines = try workspace.read("Reports/run.jsonl").split(separator: "\n").map { line -> String in
      var line = String(line)
      if line.contains("\"case-finished\""), let found = line.firstRange(of: "\"verdict\":\"failed\"") {
        line.replaceSubrange(found, with: "\"verdict\":\"\(verdict)\"")
      }
      return line
    }
    try workspace.write(lines.joined(separator: "\n") + "\n", to: "edited.jsonl")
    for arguments in [
      ["render", "edited.jsonl"], ["merge", "edited.jsonl", "--reports", "merged"],
      ["compare", "Reports/run.jsonl", "edited.jsonl"], ["run", "--baseline", "edited.jsonl"],
    ] {
      let outcome = try workspace.conform(arguments)
      #expect(outcome.status == 2, "\(arguments) \(outcome.output)")
      #expect(
        outcome.errors.contains("has the verdict \(verdict), which its findings contradict"), "\(outcome.errors)")
    }
  }

  @Test(
    "refuses a report in place of a file that the run reads, before anything is done",
    arguments: [
      "Scenarios/targets/reference.yaml", "Scenarios/targets/../targets/reference.yaml", "link.yaml",
      "Scenarios/targets/known.expected.yaml", "Scenarios/targets/other.yaml", "Scenarios/area/wrong.yaml",
      "Scenarios/requirements.yaml", "Scenarios/invariants.yaml", "former/run.jsonl", "lengths/run.jsonl", "ca.pem",
    ])
  func inputs(path: String) throws {
    let workspace = try RenderTests.finished()
    let target = "Scenarios/targets/reference.yaml"
    try workspace.write(try workspace.read(target), to: "Scenarios/targets/other.yaml")
    try workspace.write("expected: []\n", to: "Scenarios/targets/known.expected.yaml")
    try workspace.write(try workspace.read(target) + "\nexpected-deviations: known.expected.yaml\n", to: target)
    try workspace.write("invariants: []\n", to: "Scenarios/invariants.yaml")
    for folder in ["former", "lengths"] {
      try workspace.write(try workspace.read("Reports/run.jsonl"), to: "\(folder)/run.jsonl")
    }
    try workspace.write("a certificate", to: "ca.pem")
    try FileManager.default.createSymbolicLink(
      atPath: workspace.folder.appending(path: "link.yaml").path, withDestinationPath: target)
    let before = try workspace.read(path), log = try workspace.read("Reports/run.jsonl")
    let outcome = try workspace.conform(
      "run", "--report", "junit=\(path)", "--baseline", "former/run.jsonl", "--durations", "lengths/run.jsonl",
      "--cacert", "ca.pem")
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.contains("--report junit would overwrite ")
        && outcome.errors.contains(", which is read; name another file"), "\(outcome.errors)")
    #expect(try workspace.read(path) == before && workspace.read("Reports/run.jsonl") == log)
  }

  @Test("nor does resume or a run that cannot start write a report there")
  func inputsOfOthers() throws {
    let workspace = try RenderTests.finished()
    let target = "Scenarios/targets/reference.yaml"
    for arguments in [
      ["resume", "--target", target, "--report", "junit=\(target)"],
      ["run", "--tag", "none", "--report", "junit=\(target)"],
    ] {
      let before = try workspace.read(target)
      let outcome = try workspace.conform(arguments)
      #expect(outcome.status == 2 && outcome.errors.contains("--report junit would overwrite"), "\(outcome.errors)")
      #expect(try workspace.read(target) == before)
    }
  }

  @Test("a report may be named in the folder that the run makes")
  func ownFolder() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    #expect(try workspace.conform("run", "--reports", "new/folder", "--report", "tap=new/folder/other.tap").status == 0)
    #expect(workspace.exists("new/folder/other.tap"))
  }

  @Test("a pipe is not a run log, and does not block")
  func pipe() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    try #require(mkfifo(workspace.folder.appending(path: "pipe").path, 0o600) == 0)
    for arguments in [
      ["render", "pipe"], ["resume", "pipe"], ["merge", "pipe"], ["run", "--shard", "1/2", "--durations", "pipe"],
    ] {
      let (process, _, errors) = try workspace.start(arguments, within: 60)
      process.waitUntilExit()
      #expect(process.terminationStatus == 2)
      #expect(try Workspace.text(errors).hasPrefix("pipe: is a named pipe, not a file"))
    }
  }

  @Test("a file that is not a run log is refused, with the reason")
  func noLog() throws {
    let workspace = try RenderTests.finished()
    try workspace.write("{}", to: "other.json")
    for (path, reason) in [
      ("Reports/junit.xml", "line 1: a character that starts no value at byte 0"),
      ("other.json", "line 1: the member 'event' is missing"),
    ] {
      let outcome = try workspace.conform("render", path)
      #expect(outcome.status == 2)
      #expect(outcome.errors == "\(path): is not a run log as 'conform run' writes it to run.jsonl: \(reason)\n")
    }
  }
}
