// A binding of the target file that does not fit the responses of the target.

import ConformanceModel

/// Something cannot be judged, because the target file or the target has to change first.
struct TargetFileSlip: Error, CustomStringConvertible {
  let description: String
  /// The place in the target file.
  let place: Place?
}
