import ConformanceModel
import HTTPModel
import Testing

@testable import Execution

@Suite("The log of connections") struct ConnectionLogTests {
  @Test(
    "knows the cases with an exchange from the one in doubt on", arguments: [(0, [3, 7]), (1, [3]), (2, [3]), (3, [])])
  func inDoubt(first: Int, numbers: [Int]) {
    let log = ConnectionLog()
    // the second exchange is of no case, such as the deletion of a client
    log.record(ConnectionUse(id: 1, index: 2), of: 3)
    log.record(ConnectionUse(id: 1, index: 0), of: 7)
    log.record(ConnectionUse(id: 2, index: 0), of: 5)
    log.record(ConnectionUse(id: 1, index: -1), of: 9)
    log.record(nil, of: 9)
    #expect(log.cases(inDoubt: [ConnectionSurplus(connection: 1, firstIndex: first)]) == numbers)
    #expect(log.cases(inDoubt: [ConnectionSurplus(connection: 4, firstIndex: 0)]) == [])
  }
}
