// Writes several reports in one pass over the cases of a log.

public import RunEvents

/// A report that is wanted, and its file; `-` is the standard output.
public struct ReportRequest: Sendable, Hashable {
  public var format: ReportFormat
  public var path: String

  public init(_ format: ReportFormat, path: String) {
    self.format = format
    self.path = path
  }
}

/// Reports that are complete, but not in their places yet. Nothing is left of those that are not put there.
public struct ReportPass {
  private let reports: [OpenReport]

  /// Makes all reports. One for the standard output, a pipe or a device is written at once.
  ///
  /// - Parameter history: Earlier runs, for the reports that show them.
  public init(_ requests: [ReportRequest], of log: RunLog, history: History? = nil) {
    reports = requests.map { OpenReport($0, log, history) }
    let reports = reports
    let numbers = log.numbers
    // usually the same: then each case is read once for all reports
    let bySuite = log.numbersBySuite
    if numbers == bySuite {
      ReportPass.read(numbers, of: log, for: reports)
    } else {
      for order in CaseOrder.allCases {
        ReportPass.read(order == .plan ? numbers : bySuite, of: log, for: reports.filter { $0.order == order })
      }
    }
    for report in reports { report.finish() }
  }

  /// Puts all reports into their places. One that cannot be written does not prevent the others, and its former file is
  /// unchanged.
  ///
  /// - Returns: For each request, why its report could not be written; `nil` if it was.
  public func commit() -> [ReportError?] { reports.map { $0.commit() } }

  private static func read(_ numbers: [Int], of log: RunLog, for reports: [OpenReport]) {
    let route = CurlRoute(log.run)
    for number in numbers where reports.contains(where: { $0.needs(number) }) {
      do throws(ReportError) {
        let view = try CaseView(number, in: log, route: route)
        for report in reports where report.needs(number) { report.handle(view) }
      } catch {
        for report in reports where report.needs(number) { report.fail(error) }
      }
    }
  }
}

/// A report with its file, until one of them fails.
private final class OpenReport {
  private var draft: ReportDraft?
  private var sink: ReportSink?
  private var renderer: (any ReportRenderer)?
  private var failure: ReportError?
  let order: CaseOrder

  init(_ request: ReportRequest, _ log: RunLog, _ history: History?) {
    do throws(ReportError) {
      let draft = try ReportDraft(request.path)
      let sink = ReportSink(draft.descriptor, draft.name)
      var renderer = request.format.renderer(log, history, draft, sink)
      try renderer.start()
      (self.draft, self.sink, self.renderer) = (draft, sink, renderer)
      order = renderer.order
    } catch {
      failure = error
      order = .plan
    }
  }

  func needs(_ number: Int) -> Bool { renderer?.needs(number) == true }

  func handle(_ view: CaseView) {
    do throws(ReportError) { try renderer?.handle(view) } catch { fail(error) }
  }

  /// Ends the report; nothing is left of its draft.
  func fail(_ error: ReportError) {
    failure = error
    (renderer, sink, draft) = (nil, nil, nil)
  }

  func finish() {
    do throws(ReportError) {
      try renderer?.finish()
      try sink?.flush()
      renderer = nil
    } catch {
      fail(error)
    }
  }

  func commit() -> ReportError? {
    do throws(ReportError) { try draft?.commit() } catch { fail(error) }
    return failure
  }
}
