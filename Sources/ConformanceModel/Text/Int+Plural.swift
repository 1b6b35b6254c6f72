// Numbers with nouns.

extension Int {
  /// `1 case`, `2 cases`.
  ///
  /// - Parameter many: The plural; by default the singular with an `s`.
  public func counted(_ one: String, _ many: String? = nil) -> String {
    "\(self) \(self == 1 ? one : many ?? "\(one)s")"
  }
}
