// conform run: loads everything, plays, and renders the reports.

import ArgumentParser
import Conformance
import Foundation
import Reporting
import Runner
import ScenarioFiles

struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Plays scenarios against a target, and writes reports.")

  @OptionGroup var selection: Selection
  @OptionGroup var playing: PlayingArguments

  @Option(name: .long, help: "Play the cases in another order, the same for the same number.")
  var shuffle: UInt64?

  @Option(name: .long, help: "Where simulated time starts, in RFC 3339.")
  var start = Instant.documented.description

  func validate() throws {
    guard Instant(rfc3339: start) != nil else { throw ValidationError("--start must be an instant such as 2022-07-20T10:03:08Z") }
    try playing.check()
  }

  func run() async throws {
    let (plan, library) = try selection.load()
    var options = try playing.options(packVersion: library.packVersion)
    options.shuffle = shuffle
    options.start = Instant(rfc3339: start) ?? .documented
    let status = try await Playing(plan: plan, arguments: playing, options: options).play()
    if status != .conforms { throw status.exitCode }
  }
}
