// Places where reports cannot be written or are written differently: folders, pipes, links, a folder that is in use.

import ConformanceModel
import Foundation
import TestSupport
import Testing

@Suite("The place of the reports")
struct ReportPlaceTests {
  @Test(
    "a folder that cannot be made ends the run with 3 before anything is sent",
    arguments: ["taken", "taken/below", "/dev/null/below"])
  func noFolder(folder: String) throws {
    let service = try SmallService()
    let workspace = try Workspace(
      scenarios: ["asks": ClientDriverTests.scenario], target: service.target(SmallService.managed))
    try workspace.write("a file", to: "taken")
    let outcome = try workspace.conform("run", "--reports", folder)
    #expect(outcome.status == 3)
    let reason = folder == "taken" ? "is not a folder" : "cannot be created: Not a directory"
    #expect(
      outcome.errors.contains("\(folder): \(reason); choose another folder with --reports or --history"),
      "\(outcome.errors)")
    #expect(service.requests.isEmpty)
    #expect(try workspace.read("taken") == "a file")
  }

  @Test("a log with a second name is replaced, so that the file under that name, such as a baseline, stays as it is")
  func hardLink() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    #expect(try workspace.conform("run").status == 0)
    let baseline = workspace.folder.appending(path: "baseline.jsonl")
    try FileManager.default.linkItem(at: workspace.folder.appending(path: "Reports/run.jsonl"), to: baseline)
    let former = try workspace.read("baseline.jsonl")
    try workspace.write(
      RunTests.passing.replacing("expect: accepted", with: "expect: { status: 404 }"), to: "Scenarios/area/passing.yaml"
    )
    for _ in 1...2 {
      let outcome = try workspace.conform("run", "--baseline", "baseline.jsonl")
      #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
      #expect(try workspace.read("baseline.jsonl") == former)
    }
  }

  @Test(
    "a file that is read is not overwritten through a link in the folder of the reports",
    arguments: [
      (["run"], "Reports/junit.xml", "requirements.yaml"), (["run"], "Reports/run.jsonl", "requirements.yaml"),
      (["run", "--baseline", "b"], "Reports/compare.md", "area/passing.yaml"),
      (["docs", "--output", "Reports"], "Reports/behaviour.md", "area/passing.yaml"),
    ])
  func linkToInput(arguments: [String], link: String, file: String) throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    try FileManager.default.createDirectory(
      at: workspace.folder.appending(path: "Reports"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: workspace.folder.appending(path: link).path, withDestinationPath: "../Scenarios/\(file)")
    let former = try workspace.read("Scenarios/\(file)")
    let (process, _, errors) = try workspace.start(arguments, within: 60)
    process.waitUntilExit()
    let text = try Workspace.text(errors)
    #expect(process.terminationStatus == 2, "\(text)")
    #expect(text.contains("would overwrite Scenarios/\(file), which is read; name another file"), "\(text)")
    #expect(try workspace.read("Scenarios/\(file)") == former)
  }

  @Test("the matrix of the faults is not written over the pack")
  func matrix() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    let former = try workspace.read("Scenarios/requirements.yaml")
    let (process, _, errors) = try workspace.start(["audit", "--matrix", "Scenarios/requirements.yaml"], within: 60)
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    #expect(try Workspace.text(errors).contains("--matrix would overwrite Scenarios/requirements.yaml"))
    #expect(try workspace.read("Scenarios/requirements.yaml") == former)
  }

  @Test(
    "a folder in which nothing may be made ends the run with 3 before anything is sent",
    .enabled(if: getuid() != 0, "root may write anywhere"))
  func readOnly() throws {
    let service = try SmallService()
    let workspace = try Workspace(
      scenarios: ["asks": ClientDriverTests.scenario], target: service.target(SmallService.managed))
    let reports = workspace.folder.appending(path: "Reports").path
    try FileManager.default.createDirectory(
      atPath: reports, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o500])
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 3)
    #expect(
      outcome.errors.contains("Reports/run.jsonl: cannot be written: Permission denied; choose another folder"),
      "\(outcome.errors)")
    #expect(service.requests.isEmpty)
  }

  @Test(
    "a pipe in the place of the log ends the run with 3, and a run that may not write leaves the former log as it was")
  func formerLog() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    #expect(try workspace.conform("run").status == 0)
    let former = try workspace.read("Reports/run.jsonl"), report = try workspace.read("Reports/junit.xml")
    try workspace.write("a file", to: "taken")
    #expect(try workspace.conform("run", "--history", "taken").status == 3)
    #expect(try workspace.read("Reports/run.jsonl") == former && workspace.read("Reports/junit.xml") == report)
    try FileManager.default.createDirectory(
      at: workspace.folder.appending(path: "Pipes"), withIntermediateDirectories: true)
    #expect(mkfifo(workspace.folder.appending(path: "Pipes/run.jsonl").path, 0o600) == 0)
    let piped = try workspace.conform("run", "--reports", "Pipes")
    #expect(piped.status == 3)
    #expect(
      piped.errors.contains("Pipes/run.jsonl: is a pipe, not a file; a run log has to be read again for the reports"),
      "\(piped.errors)")
  }

  @Test("too few open files end the run with 3, and the log says so in place of the former one")
  func fewFiles() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    #expect(try workspace.conform("run").status == 0)
    let few = try workspace.conform(under: ["prlimit", "--nofile=12"], "run")
    #expect(few.status == 3 && few.errors.contains("open files is too low"), "\(few.errors)")
    let log = try workspace.read("Reports/run.jsonl")
    #expect(log.contains(#""aborted":"not started: the limit of 12 open files is too low"#), "\(log)")
    #expect(try workspace.read("Reports/junit.xml").contains(#"tests="1" failures="0" errors="1""#))
  }

  @Test("a folder that was put in the place of the run's own gives no results to the run")
  func replaced() throws {
    let service = try SmallService()
    let (reached, released) = service.holdTokenRequests()
    let workspace = try Workspace(
      scenarios: ["asks": InterruptTests.scenario.replacing("to: 40", with: "to: 1")],
      target: service.target(SmallService.managed))
    let (process, output, errors) = try workspace.start(["run", "--timeout", "60"], within: 60)
    reached.wait()
    let folder = { (name: String) in workspace.folder.appending(path: name).path }
    #expect(rename(folder("Reports"), folder("Moved")) == 0)
    try workspace.write("of another run", to: "Reports/run.jsonl")
    released.signal()
    process.waitUntilExit()
    #expect(process.terminationStatus == 3)
    #expect(
      try Workspace.text(errors).contains(
        "Reports/run.jsonl: the file was replaced during the run, and no report can be made from it"))
    #expect(try !Workspace.text(output).contains("CONFORMS"))
    #expect(try workspace.read("Reports/run.jsonl") == "of another run")
    #expect(try workspace.conform("render", "Moved/run.jsonl").status == 0)
  }

  @Test("a folder in the place of the log ends the run with 3 before anything is sent")
  func logIsFolder() throws {
    let service = try SmallService()
    let workspace = try Workspace(
      scenarios: ["asks": ClientDriverTests.scenario], target: service.target(SmallService.managed))
    try workspace.write("", to: "Reports/run.jsonl/file")
    let outcome = try workspace.conform("run")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("Reports/run.jsonl: cannot be written: Is a directory"), "\(outcome.errors)")
    #expect(service.requests.isEmpty)
  }

  @Test(
    "a report that cannot be written does not prevent the others; the run's findings are printed, with status 3",
    arguments: [("taken", "Is a directory"), ("pipe", "the pipe has no reader")])
  func oneReport(path: String, reason: String) throws {
    let workspace = try Workspace(scenarios: ["wrong": RunTests.passing.replacing("status: 401", with: "status: 403")])
    try workspace.write("", to: "taken/file")
    #expect(mkfifo(workspace.folder.appending(path: "pipe").path, 0o600) == 0)
    let outcome = try workspace.conform("run", "--report", "junit=\(path)", "--report", "summary")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("\(path): cannot be written: \(reason)"), "\(outcome.errors)")
    #expect(outcome.output.contains("FAILED: 1 of 1 cases"), "\(outcome.output)")
    #expect(try workspace.read("Reports/summary.md").contains("## FAILED"))
    #expect(try workspace.names(in: "taken") == ["file"])
  }

  @Test(
    "the standard output has several names: by any of them the report is alone there",
    arguments: ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
  func standardOutput(path: String) throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    let outcome = try workspace.conform("run", "--report", "tap=\(path)")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("TAP version 14\n") && !outcome.output.contains("CONFORMS"))
    #expect(outcome.errors.contains("CONFORMS"))
  }

  @Test("a pipe that is read gets the report, the file behind a link is written and the link stays")
  func pipesAndLinks() throws {
    let workspace = try Workspace(scenarios: ["passing": RunTests.passing])
    try workspace.write("the former one", to: "shared/tap")
    try FileManager.default.createSymbolicLink(
      atPath: workspace.folder.appending(path: "link").path, withDestinationPath: "shared/tap")
    #expect(mkfifo(workspace.folder.appending(path: "pipe").path, 0o600) == 0)
    let script = #"cat pipe >read & "$@"; status=$?; wait; exit $status"#
    let outcome = try workspace.conform(
      under: ["sh", "-c", script, "sh"], "run", "--report", "junit=pipe", "--report", "tap=link")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try workspace.read("read").hasSuffix("</testsuites>\n"))
    #expect(try workspace.read("shared/tap").hasPrefix("TAP version 14\n"))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: workspace.folder.appending(path: "link").path)
        == "shared/tap")
    #expect(try workspace.names(in: "shared") == ["tap"])
  }

  @Test(
    "what another run writes into is left to it: the second ends with 3 and says what to do, and the first is whole")
  func twice() throws {
    let service = try SmallService()
    let (reached, released) = service.holdTokenRequests()
    let workspace = try Workspace(
      scenarios: ["asks": InterruptTests.scenario.replacing("to: 40", with: "to: 1")],
      target: service.target(SmallService.managed))
    let (first, output, _) = try workspace.start(["run", "--timeout", "60"], within: 60)
    reached.wait()
    let log = try workspace.read("Reports/run.jsonl"), asked = service.requests.count
    for command in [["run"], ["resume"], ["clean"], ["merge", "Reports/run.jsonl"]] {
      let (second, _, errors) = try workspace.start(command, within: 60)
      second.waitUntilExit()
      #expect(second.terminationStatus == 3, "\(command)")
      #expect(
        try Workspace.text(errors).contains(
          "Reports: another run is still writing to this folder; wait until it has ended, or choose another folder"),
        "\(command)")
    }
    // the first run may write what it has done, and nothing else does
    let after = try workspace.read("Reports/run.jsonl")
    #expect(after.hasPrefix(log) && after.components(separatedBy: #""event":"run-started""#).count == 2)
    #expect(!after.contains(#""event":"run-finished""#) && service.requests.count == asked)
    let elsewhere = try workspace.start(["run", "--reports", "Other", "--timeout", "60"], within: 60).0
    reached.wait()
    released.signal()
    released.signal()
    for process in [first, elsewhere] {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(try Workspace.text(output).contains("CONFORMS: 1 of 1 cases run"))
    // the lock went with the process, and left nothing behind
    service.state.withLock { $0.hook = nil }
    #expect(try workspace.conform("run").status == 0)
    #expect(try workspace.names(in: "Reports") == ["junit.xml", "report.html", "run.jsonl", "summary.md"])
  }
}
