// What a finding is about, so that two findings with one cause can be found.

import ConformanceModel

extension Finding {
  /// What was seen in which part of a response, whatever was expected there: the same for the finding of a case and that
  /// of an invariant with one cause. `nil` if it is not a mismatch.
  package var seen: String? {
    guard mismatch != nil, let actual else { return nil }
    let isStatus = mismatch == .outcome || subject == "status" || subject?.hasSuffix(", status") == true
    guard isStatus else { return "\(subject ?? "") \(path ?? "") \(actual)" }
    // an action that failed has the status as `HTTP 500`
    return "status \(actual.hasPrefix("HTTP ") ? String(actual.dropFirst(5)) : actual)"
  }
}
