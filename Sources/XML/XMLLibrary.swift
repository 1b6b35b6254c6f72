// The library behind this module.

import CLibXML2

public enum XMLLibrary {
  /// The version of the libxml2 that this module is built for: `2.9.14`.
  public static var version: String { LIBXML_DOTTED_VERSION }
}
