// How the further pages of a list are found.

extension Target {
  /// How the next page of a list is found.
  public struct Pages: Sendable, Hashable {
    public enum Way: Sendable, Hashable {
      /// The response has the URL of the next page, absolute or relative (RFC 3986 section 4.2); none on the last page.
      case link(Locator)
      /// The response has a value that the next request sends in a query parameter; none on the last page.
      case cursor(Locator, query: String)
      /// A query parameter counts, up to a page without items.
      case count(query: String, from: Int, by: Increment)
    }

    /// By how much the parameter of a page grows.
    public enum Increment: Sendable, Hashable {
      case fixed(Int)
      /// By the number of items of the page.
      case items
    }

    public var way: Way
    public var place: Place

    public init(_ way: Way, place: Place) {
      self.way = way
      self.place = place
    }
  }
}
