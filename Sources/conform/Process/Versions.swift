// The versions of the program, of the pack and of the libraries.

import BuiltInPack
import HTTPTransport
import PatternMatching
import ScenarioFiles
import XML
import YAML

enum Versions {
  static let program = "0.1.0"

  /// What `conform --version` prints.
  static var all: String {
    """
    conform \(program)
    pack \(pack)
    \(HTTPClient.libraryVersion)
    libxml2 \(XMLLibrary.version)
    libyaml \(YAMLLibrary.version)
    pcre2 \(PatternLibrary.version)
    """
  }

  /// The version of the pack that runs without an option: that in the working folder, or the built-in one.
  private static var pack: String {
    let builtIn = Library.packVersion(in: BuiltInPack.root) ?? "without a version"
    guard Library.isPack(PackOptions.folder) else { return "\(builtIn) (built in)" }
    return "\(Library.packVersion(in: PackOptions.folder) ?? "without a version") (\(PackOptions.folder)), "
      + "\(builtIn) (built in)"
  }
}
