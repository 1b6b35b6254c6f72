// Feeds the readers of the project with malformed and hostile files, and checks that each keeps its promises.

import ArgumentParser
import Foundation
import Glibc
import RunEvents

struct Fuzzing: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tests the readers with mutated files.",
    discussion: """
      Start it in the root folder of the project. A finding is a crash, an input that takes too much time or memory, \
      or a violated promise, such as an error without a position. Each finding is printed with the command that \
      repeats it; the exit status is then 1.
      """)

  @Option(name: .long, help: "Test only this reader; repeatable. Default: all.")
  var reader: [String] = []

  @Option(name: .long, help: "The seed: the same seed makes the same inputs from the same files.")
  var seed: UInt64 = 1

  @Option(name: .long, help: "The number of inputs; 0 runs until stopped.")
  var iterations = 100_000

  @Option(name: .long, help: "Test only this file; repeatable.")
  var input: [String] = []

  @Option(name: .long, help: "The folder for inputs of findings.")
  var findings = ".build/findings"

  @Option(name: .long, help: "The number of processes. Default: the number of processors.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(name: .long, help: "Write the files from which inputs are made into this folder, and exit.")
  var corpus: String?

  @Option(help: .hidden)
  var first = 0

  /// Set in the processes that test inputs; if one dies, its parent reports a finding.
  @Option(help: .hidden)
  var workplace: String?

  func validate() throws {
    guard iterations >= 0, jobs >= 1 else { throw ValidationError("--iterations must be 0 or more, --jobs 1 or more") }
    if let unknown = reader.first(where: { name in !Readers.all.contains { $0.name == name } }) {
      throw ValidationError(
        "unknown reader '\(unknown)'; expected one of: \(Readers.all.map(\.name).joined(separator: ", "))")
    }
  }

  func run() throws {
    if let corpus { return try write(to: corpus) }
    if let workplace { return try work(Workplace(folder: workplace)) }
    try FileManager.default.createDirectory(atPath: findings, withIntermediateDirectories: true)
    let supervisor = Supervisor(jobs: jobs, seed: seed, findings: findings, files: input)
    let found: Int
    if !input.isEmpty {
      found = try supervisor.run(chosen.map { Share(reader: $0.name, numbers: 0..<input.count) })
    } else if iterations > 0 {
      found = try supervisor.run(shares(of: iterations))
    } else {
      found = try supervisor.run((0...).lazy.flatMap { shares(of: 100_000, round: $0) })
    }
    guard found == 0 else { throw ExitCode(1) }
    print("no findings")
  }

  private var chosen: [ReaderEntry] { Readers.all.filter { reader.isEmpty || reader.contains($0.name) } }

  /// The share of each reader, divided so that all processes are busy to the end.
  private func shares(of count: Int, round: Int = 0) -> [Share] {
    let weights = chosen.map(\.share).reduce(0, +)
    return chosen.flatMap { reader -> [Share] in
      let own = count * reader.share / weights
      return (0..<jobs).map {
        Share(reader: reader.name, numbers: own * round + own * $0 / jobs..<own * round + own * ($0 + 1) / jobs)
      }.filter { !$0.numbers.isEmpty }
    }
  }

  private func work(_ workplace: Workplace) throws {
    Limits.limitMemory()
    let cell = try InputCell(workplace.path("cell"))
    var found = 0
    for entry in chosen {
      let reader = entry.make(workplace)
      let corpus = try input.isEmpty ? reader.corpus() : input.map(Workplace.read)
      let campaign = Campaign(
        reader: reader, corpus: corpus, seed: seed, cell: cell, findings: input.isEmpty ? findings : nil)
      let start = clock()
      found += campaign.run(first..<first + iterations)
      let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
      FileHandle.standardOutput.write(
        Data("\(entry.name): \(iterations) inputs in \((10 * seconds).rounded() / 10) s\n".utf8))
    }
    if found > 0 { throw ExitCode(Int32(found)) }
  }

  private func write(to folder: String) throws {
    let workplace = try Workplace()
    for entry in chosen {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(entry.name)", withIntermediateDirectories: true)
      for (number, input) in try entry.make(workplace).corpus().enumerated() {
        try Data(input).write(to: URL(fileURLWithPath: "\(folder)/\(entry.name)/\(number)"))
      }
    }
  }
}

#if !LIBFUZZER
  @main
  enum Program {
    static func main() { Fuzzing.main() }
  }
#endif
