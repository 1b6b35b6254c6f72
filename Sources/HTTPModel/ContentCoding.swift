// Content codings (RFC 9110 section 8.4.1).

/// A content coding that can be applied and undone.
public enum ContentCoding: String, Sendable, Hashable, CaseIterable {
  /// RFC 1952.
  case gzip
  /// The format of zlib (RFC 1950).
  case deflate
}
