// Starts several processes that test inputs, and reports those that die.

import Foundation
import Glibc
import RunEvents

/// Some inputs of one reader.
struct Share {
  var reader: String
  var numbers: Range<Int>
}

final class Supervisor {
  private let jobs: Int
  private let seed: UInt64
  private let findings: String
  /// Files to test in place of generated inputs.
  private let files: [String]
  private var found = 0
  private var deaths: [String: Int] = [:]

  init(jobs: Int, seed: UInt64, findings: String, files: [String]) {
    (self.jobs, self.seed, self.findings, self.files) = (jobs, seed, findings, files)
  }

  /// - Returns: The number of findings.
  func run(_ shares: some Sequence<Share>) throws -> Int {
    var waiting = shares.makeIterator()
    var workers: [Worker] = []
    while true {
      while workers.count < jobs, let share = waiting.next() { workers.append(try start(share)) }
      if workers.isEmpty { return found }
      usleep(10_000)
      for worker in workers { worker.endIfStuck() }
      for worker in workers where worker.hasEnded { if let rest = finish(worker) { workers.append(try start(rest)) } }
      workers.removeAll { $0.hasEnded && $0.isFinished }
    }
  }

  private func start(_ share: Share) throws -> Worker {
    try Worker(share, seed: seed, findings: findings, files: files)
  }

  /// - Returns: The rest of the share after an input that ended its process.
  private func finish(_ worker: Worker) -> Share? {
    worker.isFinished = true
    let errors = worker.errors
    guard let death = worker.death else {
      found += Int(worker.status)
      // no library may print
      if !errors.isEmpty {
        found += 1
        FuzzFinding.report(
          worker.share.reader, seed, worker.cell.number, "output on standard error: \(errors)", [],
          nil)
      }
      return nil
    }
    found += 1
    let share = worker.share
    FuzzFinding.report(
      share.reader, seed, worker.cell.number, "\(death) \(errors)", worker.cell.input, files.isEmpty ? findings : nil)
    deaths[share.reader, default: 0] += 1
    let next = worker.cell.number + 1
    guard next < share.numbers.upperBound, next > share.numbers.lowerBound,
      deaths[share.reader, default: 0] < Campaign.maxFindings
    else { return nil }
    return Share(reader: share.reader, numbers: next..<share.numbers.upperBound)
  }
}

/// A process that tries a share.
private final class Worker {
  let share: Share
  let cell: InputCell
  var isFinished = false
  private let workplace: Workplace
  private let process = Process()
  private var turn = -1
  private var since = ContinuousClock.now
  private var isStuck = false

  init(_ share: Share, seed: UInt64, findings: String, files: [String]) throws {
    self.share = share
    workplace = try Workplace()
    cell = try InputCell(workplace.path("cell"))
    process.executableURL = URL(
      fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    process.arguments =
      [
        "--reader", share.reader, "--seed", "\(seed)", "--findings", findings, "--workplace", workplace.folder,
        "--first", "\(share.numbers.lowerBound)", "--iterations",
        "\(share.numbers.count)",
      ] + files.flatMap { ["--input", $0] }
    // Backtraces are slow; repeating the finding shows one. A finding of the address sanitizer ends the process by a
    // signal, as other crashes do, so that its input is stored.
    let settings = ["SWIFT_BACKTRACE": "enable=no", "ASAN_OPTIONS": "abort_on_error=1"]
    process.environment = ProcessInfo.processInfo.environment.merging(settings) { own, _ in own }
    try workplace.write("", to: "errors")
    process.standardError = FileHandle(forWritingAtPath: workplace.path("errors"))
    try process.run()
  }

  /// The beginning of what the process wrote to its standard error.
  var errors: String { String(decoding: ((try? workplace.read("errors")) ?? []).prefix(600), as: UTF8.self) }

  var hasEnded: Bool { !process.isRunning }

  var status: Int32 { process.terminationStatus }

  func endIfStuck() {
    if cell.turn != turn {
      turn = cell.turn
      since = .now
    } else if since.duration(to: .now) > .seconds(Limits.waiting), process.isRunning {
      isStuck = true
      kill(process.processIdentifier, SIGKILL)
    }
  }

  /// Why the process died.
  var death: String? {
    guard process.terminationReason == .uncaughtSignal else { return nil }
    if isStuck { return "it is stuck: no progress for \(Limits.waiting) s" }
    switch process.terminationStatus {
    case SIGPROF: return "it needs more than \(Limits.processorTime) s of processor time"
    case let signal:
      return
        "it ends the process: \(String(cString: strsignal(signal))) (the memory limit is \(Limits.memory >> 20) MiB)"
    }
  }
}
