// A folder of its own for each test, and the built program in it.

import Foundation
import RunEvents
import Testing

/// What a run of the program left behind.
struct Outcome {
  var status: Int32
  var output: String
  var errors: String
}

/// A temporary folder with a small pack, and the built `conform` to run it.
final class Workspace: Sendable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "conform-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(at: folder) } catch {
      Issue.record("the folder of a test could not be removed: \(error)")
    }
  }

  func write(_ text: String, to path: String) throws {
    let url = folder.appending(path: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  /// Writes a program that can be run.
  func writeProgram(_ text: String, to path: String) throws {
    try write(text, to: path)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.appending(path: path).path)
  }

  /// Writes the lines of a run log, with their digest.
  func write(log lines: [String], to path: String) throws {
    let writer = try RunLogWriter(path: folder.appending(path: path).path)
    for line in lines where line != "" { writer.append(Array(line.utf8)) }
    try writer.close()
  }

  func read(_ path: String) throws -> String { try String(contentsOf: folder.appending(path: path), encoding: .utf8) }

  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: path).path) }

  /// The root of this repository.
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Whether a program is in PATH.
  static func has(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  /// The program that `CONFORM_TEST_PROGRAM` names, or the one in the folder of the tests.
  static let program: URL = {
    if let named = ProcessInfo.processInfo.environment["CONFORM_TEST_PROGRAM"] { return URL(filePath: named) }
    // the test bundle is in the folder of the products
    let arguments = CommandLine.arguments
    var candidates = arguments.map { URL(filePath: $0).deletingLastPathComponent() }
    if let executable = Bundle.main.executableURL { candidates.append(executable.deletingLastPathComponent()) }
    candidates += Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    return candidates.map { $0.appending(path: "conform") }.first {
      FileManager.default.isExecutableFile(atPath: $0.path)
    }
      ?? repository.appending(path: ".build/debug/conform")
  }()

  /// - Parameters:
  ///   - input: What the program reads from standard input.
  ///   - wrapper: The words before ours, for `env`: a program such as `prlimit` with a limit.
  ///   - measured: Write into the file `peak` the peak memory of the program, in KiB.
  func start(
    _ arguments: [String], environment: [String: String] = [:], input: String = "", within seconds: Int? = nil,
    under wrapper: [String] = [], measured: Bool = false
  ) throws -> (Process, output: FileHandle, errors: FileHandle) {
    let process = Process()
    // a hang is to be a red test, not a stopped machine
    let limit = seconds.map { ["/usr/bin/timeout", "--signal=KILL", "\($0)"] } ?? []
    // the kernel counts the memory of a program's parent as its own until it is started: the parent has to be a small one
    let outer = limit + (wrapper.isEmpty ? [] : ["/usr/bin/env"] + wrapper)
    let words =
      outer + (measured ? ["/usr/bin/env", "python3", "-c", Workspace.measure] : []) + [Workspace.program.path]
      + arguments
    process.executableURL = URL(filePath: words[0])
    process.arguments = Array(words.dropFirst())
    process.currentDirectoryURL = folder
    // a CI system that runs these tests means them, and not the runs inside them
    let ofCI = ["CI_", "CIRCLE_", "BUILDKITE_", "JOB_COMPLETION_", "GITHUB_"]
    var all = ProcessInfo.processInfo.environment.filter { variable in !ofCI.contains { variable.key.hasPrefix($0) } }
    all["NO_COLOR"] = "1"
    process.environment = all.merging(environment) { $1 }
    // files, not pipes: a full pipe would stop the program
    let output = folder.appending(path: "stdout-\(UUID().uuidString)"),
      errors = folder.appending(path: "stderr-\(UUID().uuidString)")
    for file in [output, errors] { try Data().write(to: file) }
    let outputHandle = try FileHandle(forUpdating: output), errorHandle = try FileHandle(forUpdating: errors)
    process.standardOutput = outputHandle
    process.standardError = errorHandle
    process.standardInput = try input.isEmpty ? FileHandle.nullDevice : inputFile(input)
    try process.run()
    return (process, outputHandle, errorHandle)
  }

  private func inputFile(_ text: String) throws -> FileHandle {
    let file = folder.appending(path: "stdin-\(UUID().uuidString)")
    try Data(text.utf8).write(to: file)
    return try FileHandle(forReadingFrom: file)
  }

  private static let measure = """
    import resource, subprocess, sys
    status = subprocess.run(sys.argv[1:]).returncode
    open("peak", "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
    sys.exit(status if status >= 0 else 128 - status)
    """

  /// Runs the program to its end.
  func conform(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    try conform(arguments, environment: environment)
  }

  func conform(_ arguments: [String], environment: [String: String] = [:], input: String = "") throws -> Outcome {
    let (process, output, errors) = try start(arguments, environment: environment, input: input, within: 60)
    process.waitUntilExit()
    return try Outcome(
      status: process.terminationStatus, output: Workspace.text(output), errors: Workspace.text(errors))
  }

  /// Runs the program to its end inside another, such as `prlimit` with a limit.
  func conform(under wrapper: [String], _ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    let (process, output, errors) = try start(arguments, environment: environment, within: 60, under: wrapper)
    process.waitUntilExit()
    return try Outcome(
      status: process.terminationStatus, output: Workspace.text(output), errors: Workspace.text(errors))
  }

  /// The names in a folder, in order.
  func names(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path).sorted()
  }

  static func text(_ handle: FileHandle) throws -> String {
    try handle.seek(toOffset: 0)
    return String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
  }

  /// Keeps a report for the checks that follow the tests, where they ask for it.
  func keepReport(_ path: String, as name: String) throws {
    guard let kept = ProcessInfo.processInfo.environment["CONFORM_KEEP_REPORTS"] else { return }
    let folder = URL(filePath: kept)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let copy = folder.appending(path: name)
    try? FileManager.default.removeItem(at: copy)
    try FileManager.default.copyItem(at: self.folder.appending(path: path), to: copy)
  }
}

extension Workspace {
  static let requirements = """
    pack: "1"
    requirements:
      - { id: TST-01, level: must, source: a test, text: It must be so. }
      - { id: TST-02, level: should, source: a test, text: It should be so. }
    """

  /// A pack with one requirement, the reference service as its target, and these scenarios by name.
  convenience init(scenarios: [String: String], target: String? = nil) throws {
    try self.init()
    try write(Workspace.requirements, to: "Scenarios/requirements.yaml")
    let reference = Workspace.repository.appending(path: "Scenarios/targets/reference.yaml")
    try write(target ?? String(contentsOf: reference, encoding: .utf8), to: "Scenarios/targets/reference.yaml")
    for (name, text) in scenarios { try write(text, to: "Scenarios/area/\(name).yaml") }
  }

  /// A target without management and clock at a URL, with credentials from the environment.
  static func bareTarget(_ url: String) -> String {
    """
    target: A bare endpoint
    base-url: \(url)
    token: { url: /token, client-authentication: [basic, body] }
    connectors:
      only: { inbound-url: /in, payloads: { valid: { json: { id: "${unique}" } } } }
    clients:
      static: [{ id: known, secret: "${env.TEST_SECRET}" }]
    """
  }

  static let secret = "t0p-secret-of-the-test-93b1"
}
