// Tests one reader with many inputs in sequence, in a separate process.

import ConformanceModel
import Foundation
import RunEvents
import TestSupport

struct Campaign {
  let reader: any Reader
  /// The first inputs, unchanged; the others are made from them.
  let corpus: [[UInt8]]
  let seed: UInt64
  let cell: InputCell
  /// The folder for inputs of findings; `nil` if the inputs are files already.
  let findings: String?

  /// After this many different findings the reader is not tested further.
  static let maxFindings = 5

  /// - Returns: The number of findings.
  func run(_ numbers: Range<Int>) -> Int {
    var known: Set<String> = []
    for number in numbers where known.count < Campaign.maxFindings {
      let input = input(number)
      cell.begin(number, input)
      let peak = Limits.peak
      var message = failure(input)
      if message == nil, Limits.peak - peak > Limits.growth { message = "it takes \((Limits.peak - peak) >> 20) MiB" }
      // findings that differ only in details are reported once
      guard let message, known.insert(Campaign.kind(message)).inserted else { continue }
      report(number, findings == nil ? input : reduced(input, message, number), message)
    }
    Limits.stopTime()
    return known.count
  }

  /// The input with this number: it depends on the seed only, not on earlier inputs.
  func input(_ number: Int) -> [UInt8] {
    if corpus.indices.contains(number) { return corpus[number] }
    let name = reader.name.utf8.reduce(into: seed) { $0 = ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    // the first number of a generator decides much, so consecutive seeds must be mixed
    var seeds = SplitMix(seed: name &+ UInt64(number) &* 0x2545_F491_4F6C_DD1D)
    var mutator = Mutator(
      corpus: corpus, tokens: reader.tokens, structure: reader.structure, generator: SplitMix(seed: seeds.next())
    )
    return mutator.next()
  }

  private func report(_ number: Int, _ input: [UInt8], _ message: String) {
    let message = failure(input) ?? message
    FuzzFinding.report(reader.name, seed, number, message, input, findings)
  }

  private func failure(_ input: [UInt8]) -> String? {
    Limits.startTime()
    do { try reader.check(input) } catch { return (error as? FuzzFinding)?.message ?? "\(error)" }
    return nil
  }

  /// The part of a message that is the same for similar inputs.
  private static func kind(_ message: String) -> String { String(message.filter { !$0.isNumber }.prefix(30)) }

  /// The input reduced to what the finding needs.
  private func reduced(_ input: [UInt8], _ message: String, _ number: Int) -> [UInt8] {
    var input = input
    var size = input.count / 2
    var tries = 0
    while size > 0, tries < 2000 {
      var start = 0
      while start < input.count, tries < 2000 {
        tries += 1
        let shorter = Array(input[..<start] + input[min(input.count, start + size)...])
        cell.begin(number, shorter)
        if failure(shorter).map(Campaign.kind) == Campaign.kind(message) { input = shorter } else { start += size }
      }
      size /= 2
    }
    return input
  }
}
