// One search in one text: its memory, and the limit of its work.

internal import CPCRE2

/// The matches of an expression in a text, found one after the other with one limit of work for all of them.
///
/// PCRE2's own limit of matching counts anew from each start position, and does not count what a repeat passes over at
/// once: `[a-z]++\d` would take minutes on a long word. Therefore a callout before each item of the expression counts the
/// items and the text between them. It counts work, not time, so that a search ends the same on every machine.
struct Search: ~Copyable {
  /// How many items of the expression are tried, at most: about a second.
  private static let maxSteps = 20_000_000
  /// Passing over this many bytes at once counts as one step more.
  private static let bytesPerStep = 8
  /// For the positions that a search can come back to, in KiB.
  private static let maxMemory: UInt32 = 128 << 10

  private struct Work {
    var steps = Search.maxSteps
    var position = 0
  }

  private let code: OpaquePointer
  private let bytes: UnsafeBufferPointer<UInt8>
  private let result: OpaquePointer
  private let context: OpaquePointer
  private let work: UnsafeMutablePointer<Work>

  /// - Parameters:
  ///   - code: Compiled with callouts before all items.
  ///   - bytes: Valid UTF-8. They and the code must outlive the search.
  init(_ code: OpaquePointer, in bytes: UnsafeBufferPointer<UInt8>) throws(SearchError) {
    // the whole match and the first group
    guard let result = pcre2_match_data_create_8(2, nil) else { throw .failed("no memory") }
    guard let context = pcre2_match_context_create_8(nil) else {
      pcre2_match_data_free_8(result)
      throw .failed("no memory")
    }
    self.code = code
    self.bytes = bytes
    self.result = result
    self.context = context
    work = .allocate(capacity: 1)
    work.initialize(to: Work())
    pcre2_set_match_limit_8(context, UInt32(Search.maxSteps))
    pcre2_set_depth_limit_8(context, UInt32(Search.maxSteps))
    pcre2_set_heap_limit_8(context, Search.maxMemory)
    pcre2_set_callout_8(context, Search.count, work)
  }

  deinit {
    pcre2_match_context_free_8(context)
    pcre2_match_data_free_8(result)
    work.deallocate()
  }

  private static let count:
    @convention(c) (UnsafeMutablePointer<pcre2_callout_block_8>?, UnsafeMutableRawPointer?) -> Int32 = {
      guard let position = $0?.pointee.current_position, let work = $1?.assumingMemoryBound(to: Work.self) else {
        return 0
      }
      work.pointee.steps -= 1 + max(0, position - work.pointee.position) / bytesPerStep
      work.pointee.position = position
      return work.pointee.steps < 0 ? PCRE2_ERROR_CALLOUT : 0
    }

  /// The next match from an offset on; `nil` if there is none.
  borrowing func match(from start: Int) throws(SearchError) -> Range<Int>? {
    let status = pcre2_match_8(code, bytes.baseAddress, bytes.count, start, PCRE2_NO_UTF_CHECK, result, context)
    switch status {
    case 0...: return range(of: 0)
    case PCRE2_ERROR_NOMATCH: return nil
    case PCRE2_ERROR_CALLOUT, PCRE2_ERROR_MATCHLIMIT, PCRE2_ERROR_DEPTHLIMIT, PCRE2_ERROR_HEAPLIMIT: throw .tooMuchWork
    default: throw .failed(PatternLibrary.message(status))
    }
  }

  /// What a group of the last match matched; `nil` if the group did not take part.
  borrowing func range(of group: Int) -> Range<Int>? {
    guard let offsets = pcre2_get_ovector_pointer_8(result) else { return nil }
    let start = offsets[2 * group], end = offsets[2 * group + 1]
    // a group that did not take part has the largest number of C's type, which is negative here
    return 0 <= start && start <= end && end <= bytes.count ? start..<end : nil
  }
}
