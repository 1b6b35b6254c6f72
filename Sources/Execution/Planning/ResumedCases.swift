// Which pending cases can continue, and why others cannot.

import ConformanceModel
import RunEvents

extension Plan {
  /// Why a pending case cannot continue; `nil` if the plan still has the same case.
  func obstacle(to state: PendingState) -> String? {
    guard let found = makeCase(id: state.id, number: state.number) else {
      return "the case '\(state.id)' no longer exists; run it again"
    }
    guard fingerprint(of: found) == state.fingerprint else {
      return "the scenario has changed since the case began, and the case cannot be resumed; run it again"
    }
    return nil
  }
}
