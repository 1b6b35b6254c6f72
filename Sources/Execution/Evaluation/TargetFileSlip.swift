// A binding of the target file that does not fit the responses of the target.

import ConformanceModel

/// Something cannot be judged, because the target file or the target has to change first.
final class TargetFileSlip: Error, CustomStringConvertible {
  let description: String
  /// The place in the target file.
  let place: Place?

  init(description: String, place: Place?) {
    self.description = description
    self.place = place
  }
}
