// Which scenario files: the arguments that name packs.

import ArgumentParser
import BuiltInPack
import ScenarioFiles

struct PackOptions: ParsableArguments {
  @Argument(help: "Scenario files or folders. Default: the folder Scenarios if it is a pack, else the built-in pack.")
  var files: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A folder with a pack, or 'builtin' for the one in the program; may be given several times.",
      discussion: "Scenarios of your own can cover the requirements of a pack that is named with them.",
      valueName: "folder"))
  var pack: [String] = []

  /// The folder that is a pack without being named.
  static let folder = "Scenarios"

  /// The named packs and files, or the default.
  var paths: [String] {
    let named = pack + files
    return named.isEmpty ? [PackOptions.defaultPack] : named
  }

  static var defaultPack: String { Library.isPack(folder) ? folder : BuiltInPack.root }

  /// What was chosen, for people: a pack in the working folder replaces the built-in one.
  var title: String {
    let named = paths.map { $0 == BuiltInPack.root ? "built in" : $0 }.joined(separator: ", ")
    let isReplacement = pack.isEmpty && files.isEmpty && paths == [PackOptions.folder]
    return isReplacement ? "\(named), in place of the built-in one" : named
  }
}
