// Numbers of things in sentences.

extension Int {
  /// `1 case`, `2 cases`.
  ///
  /// - Parameter many: The word for several; by itself the one with an `s`.
  public func counted(_ one: String, _ many: String? = nil) -> String {
    "\(self) \(self == 1 ? one : many ?? "\(one)s")"
  }
}
