// The versions of the program, of the pack and of the libraries.

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

  /// The version of the pack in the working directory.
  private static var pack: String {
    let path = "Scenarios"
    guard let version = Library.packVersion(in: path) else { return "not found in \(path)" }
    return "\(version) (\(path))"
  }
}
