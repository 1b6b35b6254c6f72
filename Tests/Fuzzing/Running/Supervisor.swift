// Starts processes that try inputs, several at a time, and tells of those that die of one.

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
  /// Files to try in place of what is made.
  private let files: [String]
  private var found = 0
  private var deaths: [String: Int] = [:]

  init(jobs: Int, seed: UInt64, findings: String, files: [String]) {
    (self.jobs, self.seed, self.findings, self.files) = (jobs, seed, findings, files)
  }

  /// - Returns: How many findings there were.
  func run(_ shares: some Sequence<Share>) throws -> Int {
    var waiting = shares.makeIterator()
    var workers: [Worker] = []
    while true {
      while workers.count < jobs, let share = waiting.next() { workers.append(try start(share)) }
      if workers.isEmpty { return found }
      usleep(10_000)
      for worker in workers { worker.endIfStuck() }
      for worker in workers where worker.hasEnded { if let rest = judge(worker) { workers.append(try start(rest)) } }
      workers.removeAll { $0.hasEnded && $0.isJudged }
    }
  }

  private func start(_ share: Share) throws -> Worker {
    try Worker(share, seed: seed, findings: findings, files: files)
  }

  /// - Returns: What is left to do behind an input that ended its process.
  private func judge(_ worker: Worker) -> Share? {
    worker.isJudged = true
    let errors = worker.errors
    guard let death = worker.death else {
      found += Int(worker.status)
      // no library of ours may print
      if !errors.isEmpty {
        found += 1
        FuzzFinding.tell(
          worker.share.reader, seed, worker.cell.number, "something was written to the standard error: \(errors)", [],
          nil)
      }
      return nil
    }
    found += 1
    let share = worker.share
    FuzzFinding.tell(
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
  var isJudged = false
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
    // what a crash looks like is for whoever repeats it
    process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { own, _ in own
    }
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

  /// Why the process did not come to its end.
  var death: String? {
    guard process.terminationReason == .uncaughtSignal else { return nil }
    if isStuck { return "it waits: nothing came of it for \(Limits.waiting) s" }
    switch process.terminationStatus {
    case SIGPROF: return "it takes more than \(Limits.processorTime) s of processor time"
    case let signal:
      return
        "it ends the program: \(String(cString: strsignal(signal))) (there were \(Limits.memory >> 20) MiB of memory)"
    }
  }
}
