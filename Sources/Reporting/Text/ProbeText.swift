// The result of the probe of a target file, in one block.

import ConformanceModel
public import RunEvents

public enum ProbeText {
  /// A line for each request, and what to change in the target file.
  ///
  /// - Parameter log: The log of a run of the probe alone.
  public static func block(_ log: RunLog) throws(ReportError) -> String {
    var lines = ["probe of the target '\(log.run.target)'"]
    guard let number = log.numbers.last else { return lines.joined() + ": nothing to try" }
    let record = try log.record(number)
    try log.eachStep { step in
      let isGood = step.checks.allSatisfy(\.holds) && !record.findings.contains { $0.step == step.sentence }
      let status = step.exchange.map { $0.status > 0 ? "HTTP \($0.status)" : "no response" }
      lines.append("  \(isGood ? "fits" : "does not fit"): \(step.sentence)\(status.map { ": \($0)" } ?? "")")
    }
    for step in record.notRun { lines.append("  not tried: \(step)") }
    for finding in record.findings {
      lines.append("")
      lines.append("\(finding.verdict.rawValue): \(FindingText.headline(finding))")
      lines += FindingText.lines(finding, CurlRoute(log.run)).dropFirst().map { "  \($0)" }
    }
    if record.verdict == .passed { lines.append("the target file fits, as far as it was tried") }
    return lines.map { SafeText.forConsole($0) }.joined(separator: "\n")
  }
}
