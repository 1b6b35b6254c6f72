// Reads the keys `clock` and `launch` of a target.

import ConformanceModel
import YAML

extension TargetLoader {
  func clock(_ reader: YAMLReader) -> Target.Clock? {
    guard let fields = reader.fields("clock", TargetKeywords.clock, required: ["driver"]), let driver = fields["driver"]
    else { return nil }
    guard let word = driver.word("clock driver", ClockDriverWord.self) else {
      // the rest is checked too, to report all errors at once
      _ = http(fields)
      return nil
    }
    for (name, value) in fields where name != "driver" && !word.keys.contains(name) {
      let accepted = word.keys.isEmpty ? "" : "; it accepts: \(word.keys.joined(separator: ", "))"
      value.diagnostic("the clock driver '\(word.rawValue)' does not use '\(name)'\(accepted)")
    }
    if word.needsAdvance, fields["advance"] == nil {
      reader.diagnostic("the clock driver '\(word.rawValue)' requires 'advance'")
    }
    switch word {
    case .wall: return .wall
    case .process, .faketime:
      var clock = Target.ProcessClock(library: word == .process ? .own : .faketime)
      clock.standsStill = fields["stands-still"]?.boolean("stands-still") ?? true
      clock.proof = fields["proof"].flatMap { request($0, answer: ["now"]) }
      clock.start = fields["start"].flatMap(start)
      clock.isInContainer = fields["inside"]?.word("place of the clock", ClockPlaceWord.self) == .container
      return .process(clock)
    case .command:
      guard let advance = fields["advance"] else { return nil }
      var clock = Target.CommandClock(advance: words(advance, "advance"), program(fields, advance))
      clock.read = fields["read"].map { words($0, "read") }
      clock.standsStill = fields["stands-still"]?.boolean("stands-still") ?? false
      return .command(clock)
    case .http: return http(fields).map { .http($0) }
    }
  }

  /// The start of simulated time: an instant that the clock's file can hold.
  private func start(_ reader: YAMLReader) -> SimulatedInstant? {
    guard let text = reader.text("start") else { return nil }
    guard let instant = SimulatedInstant(rfc3339: text), ClockDriverWord.starts.contains(instant) else {
      reader.diagnostic("'\(text.prefix(60))' is not a start; expected an instant such as 2022-07-20T10:03:08Z")
      return nil
    }
    return instant
  }

  private func http(_ fields: Fields) -> Target.HTTPClock? {
    let advance = fields["advance"].flatMap { request($0, answer: []) }
    let read = fields["read"].flatMap { request($0, answer: ["now"]) }
    let standsStill = fields["stands-still"]?.boolean("stands-still") ?? true
    guard let advance else { return nil }
    var clock = Target.HTTPClock(advance: advance)
    clock.read = read
    clock.standsStill = standsStill
    return clock
  }

  func launch(_ reader: YAMLReader) -> Target.Launch? {
    if reader.node.kind == .scalar {
      guard let text = reader.text("launch") else { return nil }
      if let launch = Target.Launch(word: text) { return launch }
      reader.diagnostic(
        "cannot launch '\(text.prefix(60))'; expected \(Target.Launch.words.joined(separator: ", ")) or "
          + "{ command: [program, argument, …] }")
      return nil
    }
    guard let fields = reader.fields("launch", TargetKeywords.launch, required: ["command"]),
      let command = fields["command"]
    else { return nil }
    let uses = scope.launchValueUses.count
    let folder = fields["folder"]?.text("folder").map { reader.file.neighbour($0) } ?? command.file.folder
    var launch = Target.LaunchCommand(command: words(command, "command"), folder: folder)
    launch.environment = environment(fields["environment"])
    checkLaunchValues(since: uses)
    launch.values = (fields["values"]?.members("values") ?? []).compactMap { launchValue($0.name, $0.key, $0.value) }
    launch.ports = ports(fields["ports"])
    launch.survivesRestart = kept(fields["survives-restart"])
    var limits: [Double] = []
    for reader in fields["ready"]?.oneOrMore("ready") ?? [] {
      guard let ready = reader.fields("ready", TargetKeywords.ready) else { continue }
      if ready.contains(where: { $0.key != "within" }) {
        launch.ready += [request(reader.without("within"), answer: [])].compactMap(\.self)
      }
      limits += [ready["within"].flatMap(seconds)].compactMap(\.self)
    }
    launch.within = limits.max() ?? launch.within
    return .command(launch)
  }

  private func kept(_ reader: YAMLReader?) -> Set<Target.Kept> {
    if let reader, reader.isEmptyCollection {
      reader.diagnostic("survives-restart is empty; expected what survives, or no such key")
    }
    let items = reader?.oneOrMore("survives-restart") ?? []
    return Set(items.compactMap { $0.word("part of the state", Target.Kept.self) })
  }

  private func ports(_ reader: YAMLReader?) -> [String] {
    var names: [String] = []
    for item in reader?.list("ports") ?? [] {
      guard let name = item.text("the name of a port"), ScenarioLoader.checkName(name, at: item) else { continue }
      if names.contains(name) { item.diagnostic("the port '\(name)' is there already") }
      names.append(name)
    }
    if let reader, reader.isEmptyCollection { reader.diagnostic("ports is empty; expected a name, or no key 'ports'") }
    return names
  }

  /// Reports ports that the launched program does not have.
  func checkPorts(_ target: Target) {
    var known: [String] = []
    if case .command(let launch) = target.launch { known = launch.ports }
    for use in scope.portUses where use.path.count != 2 || !known.contains(use.path[1]) {
      let name = use.path.dropFirst().joined(separator: ".")
      use.reader.diagnostic(
        "the launched program has no port '\(name.prefix(60))'"
          + (known.isEmpty ? "" : Suggestion.text(for: name, among: known)) + "; write it under 'ports' of 'launch'")
    }
  }
}

/// Where the program of a target runs.
enum ClockPlaceWord: String, CaseIterable {
  case container
}

/// The clock drivers, with the keys that each accepts.
enum ClockDriverWord: String, CaseIterable {
  case http, process, faketime, command, wall

  var keys: [String] {
    switch self {
    case .http: ["read", "advance", "stands-still"]
    case .process: ["inside", "proof", "start", "stands-still"]
    case .faketime: ["proof", "start", "stands-still"]
    case .command: ["advance", "read", "stands-still", "time-limit", "environment"]
    case .wall: []
    }
  }

  /// From 1971, since the clock is advanced by an hour before the start, up to where it can still run for many years.
  static let starts = SimulatedInstant(seconds: 31_536_000)...SimulatedInstant(seconds: 8_000_000_000)

  var needsAdvance: Bool { self == .http || self == .command }
}
