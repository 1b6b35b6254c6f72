// Many inputs for one reader.

import Foundation
import TestSupport

struct Campaign {
  let reader: any Reader
  let seed: UInt64
  let findings: String

  /// A reader that breaks its promises does so often: enough is known then.
  private static let mostFindings = 5

  /// - Returns: How many findings there were.
  func run(_ numbers: Range<Int>, _ watch: Watch) -> Int {
    var found = 0
    do {
      let start = ContinuousClock.now
      let corpus = try reader.corpus()
      var messages: Set<String> = []
      for (number, input) in corpus.enumerated() where !self.try(input, "unchanged, number \(number)", watch) { found += 1 }
      for number in numbers where found < Campaign.mostFindings {
        if !self.try(input(number, corpus), "--seed \(seed), input \(number)", watch, &messages) { found += 1 }
      }
      print("\(reader.name): \(numbers.count) inputs from \(corpus.count), \(found) findings, \(ContinuousClock.now - start)")
    } catch {
      print("\(reader.name): the corpus cannot be read: \(error)")
      found += 1
    }
    return found
  }

  /// The input with a number: made anew from the seed, whatever came before.
  private func input(_ number: Int, _ corpus: [[UInt8]]) -> [UInt8] {
    let name = reader.name.utf8.reduce(into: UInt64(seed)) { $0 = $0 &* 1_099_511_628_211 ^ UInt64($1) }
    var mutator = Mutator(corpus: corpus, tokens: reader.tokens, structure: reader.structure, generator: SeededGenerator(seed: name &+ UInt64(number) << 20))
    return mutator.next()
  }

  /// - Returns: Whether all promises were kept.
  func `try`(_ input: [UInt8], _ origin: String, _ watch: Watch) -> Bool {
    var messages: Set<String> = []
    return self.try(input, origin, watch, &messages)
  }

  private func `try`(_ input: [UInt8], _ origin: String, _ watch: Watch, _ messages: inout Set<String>) -> Bool {
    watch.begin(reader.name, origin, input)
    defer { watch.end() }
    guard let message = failure(input) else { return true }
    // what differs in its details only is told once
    guard messages.insert(String(message.prefix(30))).inserted else { return true }
    let smaller = shrunk(input, message)
    let path = "\(findings)/\(reader.name)-\(messages.count)"
    try? Data(smaller).write(to: URL(fileURLWithPath: path))
    print("FINDING \(reader.name), \(origin): \(failure(smaller) ?? message)\n  input: \(path), \(smaller.count) bytes")
    return false
  }

  private func failure(_ input: [UInt8]) -> String? {
    do { try reader.check(input) } catch { return (error as? Finding)?.message ?? "\(error)" }
    return nil
  }

  /// The input without what the finding does not need.
  private func shrunk(_ input: [UInt8], _ message: String) -> [UInt8] {
    var input = input
    var size = input.count / 2
    var tries = 0
    while size > 0, tries < 2000 {
      var start = 0
      while start < input.count, tries < 2000 {
        tries += 1
        let shorter = Array(input[..<start] + input[min(input.count, start + size)...])
        if failure(shorter)?.prefix(30) == message.prefix(30) { input = shorter } else { start += size }
      }
      size /= 2
    }
    return input
  }
}
