// Which case each exchange of a connection belongs to.

import ConformanceModel
import HTTPModel

/// Finds the cases whose responses a late response puts in doubt. The lock protects the table: cases run on several
/// threads.
final class ConnectionLog: Sendable {
  private static let none: Int32 = -1

  /// The latest request of each connection, in words.
  private let latest = Locked<[Int: String]>([:])
  /// The numbers of the cases by connection, in the order of its exchanges.
  private let numbers = Locked<[Int: [Int32]]>([:])

  /// - Parameter request: Its method, URL and case.
  func record(_ use: ConnectionUse?, of number: Int, _ request: String = "") {
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

  /// The request after which bytes arrived: a connection with such bytes is not used again.
  func latestRequest(on connection: Int) -> String? {
    latest.withLock { $0[connection] }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The numbers of the cases with an exchange in doubt, in the order of the plan.
  func cases(inDoubt surpluses: [ConnectionSurplus]) -> [Int] {
    numbers.withLock { numbers in
      Set(surpluses.flatMap { (numbers[$0.connection] ?? []).dropFirst($0.firstIndex) })
        .filter { $0 != ConnectionLog.none }.map { Int($0) }.sorted()
    }
  }
}
