// Ends the evaluation of an XPath expression whose work cannot be counted.

import CLibXML2
import Dispatch

/// libxml2 counts the nodes that it looks at, and not the texts that it makes of them: `//id[. = string(/)]` makes a text
/// of the whole document for each node. After the time, the count is over its limit.
final class EvaluationTimer {
  private let queue = DispatchQueue(label: "conform-xpath")
  private let item: DispatchWorkItem

  /// - Parameter seconds: The time from now on.
  init(_ context: xmlXPathContextPtr, seconds: Double) {
    // an aligned word, which libxml2 reads at each operation; `stop` waits until it is written
    nonisolated(unsafe) let context = context
    item = DispatchWorkItem { context.pointee.opLimit = 1 }
    queue.asyncAfter(deadline: .now() + seconds, execute: item)
  }

  /// The context is not used any more when it returns.
  func stop() {
    item.cancel()
    queue.sync {}
  }
}
