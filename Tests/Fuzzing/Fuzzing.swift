// Feeds the project's readers with broken and hostile files, and sees that each answers as it promises.
//
//   swift build -c release --product Fuzzing && .build/release/Fuzzing        what CI does: a fixed seed, a fixed number of inputs
//   .build/release/Fuzzing --reader run-log --seed 7 --iterations 0           another seed, until it is stopped
//   .build/release/Fuzzing --reader run-log .venv/findings/run-log-1          an input that was found, once more
//   Tests/Fuzzing/libfuzzer run-log                                           guided by what the code does: libFuzzer
//
// A finding is a crash, an input that takes too long or too much memory, or a broken promise, such as a mistake without a place.
// Each is told with its seed, and its input is kept in a file. The promises stand in Readers/, one type a reader.

import ArgumentParser
import Foundation

@main
struct Fuzzing: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Tries the readers with mutated files.")

  @Option(name: .long, help: "Only this reader; may be given several times. Default: all.")
  var reader: [String] = []

  @Option(name: .long, help: "The same seed makes the same inputs.")
  var seed: UInt64 = 1

  @Option(name: .long, help: "How many inputs in all; 0 goes on until it is stopped.")
  var iterations = 100_000

  @Option(name: .long, help: "A run log of a real run, of which some cases are taken.")
  var log: String?

  @Option(name: .long, help: "Where inputs are kept that were findings.")
  var findings = ".venv/findings"

  @Option(name: .long, help: "Writes the inputs that all starts from into this folder, and ends.")
  var corpus: String?

  @Argument(help: "Try these files, and nothing else.")
  var files: [String] = []

  func run() throws {
    try FileManager.default.createDirectory(atPath: findings, withIntermediateDirectories: true)
    let workplace = try Workplace(realLog: log)
    let readers = try allReaders(workplace).filter { reader.isEmpty || reader.contains($0.name) }
    guard !readers.isEmpty else { throw ValidationError("there are: \(try allReaders(workplace).map(\.name).joined(separator: ", "))") }
    #if LIBFUZZER
      LibFuzzer.run(readers[0])
    #endif
    if let corpus { return try write(readers, to: corpus) }
    let watch = Watch(folder: findings)
    var found = 0
    if !files.isEmpty {
      for reader in readers {
        let campaign = Campaign(reader: reader, seed: seed, findings: findings)
        for file in files { found += campaign.try([UInt8](try Data(contentsOf: URL(fileURLWithPath: file))), file, watch) ? 0 : 1 }
      }
    } else {
      let shares = readers.map(\.share).reduce(0, +)
      var first = 0
      repeat {
        for reader in readers {
          let count = (iterations == 0 ? 10_000 : iterations) * reader.share / shares
          found += Campaign(reader: reader, seed: seed, findings: findings).run(first..<first + count, watch)
        }
        first += 10_000
      } while iterations == 0
    }
    if found > 0 { throw ExitCode(1) }
  }

  private func write(_ readers: [any Reader], to folder: String) throws {
    for reader in readers {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(reader.name)", withIntermediateDirectories: true)
      for (number, input) in try reader.corpus().enumerated() {
        try Data(input).write(to: URL(fileURLWithPath: "\(folder)/\(reader.name)/\(number)"))
      }
    }
  }
}
