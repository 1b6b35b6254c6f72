// Which case each exchange of a connection belongs to.

import ConformanceModel
import HTTPModel

/// Finds the cases whose responses a late response puts in doubt. The lock protects the table: cases run on several
/// threads.
final class ConnectionLog: Sendable {
  private static let none: Int32 = -1

  /// A request, which is put into words only if it is asked for.
  struct Request {
    var method: String
    var url: String
    /// The id of its case.
    var id: String
  }

  /// The latest request of each connection.
  private let latest = Locked<[Int: Request]>([:])
  /// The numbers of the cases by connection, in the order of its exchanges.
  private let numbers = Locked<[Int: [Int32]]>([:])

  func record(_ use: ConnectionUse?, of number: Int, _ request: Request? = nil) {
    guard let use, use.index >= 0 else { return }
    latest.withLock { $0[use.id] = request }
    numbers.withLock { numbers in
      var cases = numbers[use.id, default: []]
      numbers[use.id] = []
      while cases.count <= use.index { cases.append(ConnectionLog.none) }
      cases[use.index] = Int32(clamping: number)
      numbers[use.id] = cases
    }
  }

  /// The request after which bytes arrived, with its case: a connection with such bytes is not used again.
  func latestRequest(on connection: Int) -> String? {
    let request = latest.withLock { $0[connection] }
    return request.map { "\($0.method) \($0.url) of the case '\($0.id)'" }
  }

  /// The numbers of the cases with an exchange in doubt, in the order of the plan.
  func cases(inDoubt surpluses: [ConnectionSurplus]) -> [Int] {
    numbers.withLock { numbers in
      Set(surpluses.flatMap { (numbers[$0.connection] ?? []).dropFirst($0.firstIndex) })
        .filter { $0 != ConnectionLog.none }.map { Int($0) }.sorted()
    }
  }
}
