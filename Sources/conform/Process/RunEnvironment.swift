// What a run depends on besides the target: options, libraries, the machine, the job of the CI system.

import ConformanceModel
import FoundationEssentials
import HTTPTransport
import JSONValue
import RunEvents

enum RunEnvironment {
  /// In the order in which a report shows them.
  static func facts(_ arguments: RunArguments, packVersion: String?) -> [RunFact] {
    let variables = ProcessInfo.processInfo.environment
    var facts = [RunFact("conform.version", Versions.program)]
    if let packVersion { facts.append(RunFact("pack.version", packVersion)) }
    facts += [
      RunFact("option.jobs", "\(arguments.jobs)"),
      RunFact("option.timeout", "\(arguments.transport.timeout.plain(decimals: 3)) s"),
      RunFact("option.max-answer", "\(arguments.transport.maxAnswer) MiB"),
      RunFact("option.max-wait", arguments.maxWait),
      RunFact("option.strict", "\(arguments.strict)"), RunFact("tls.verified", "\(!arguments.transport.insecure)"),
    ]
    let options = arguments.transport.options
    if let file = options.caFile { facts.append(RunFact("tls.cacert", file)) }
    if let file = options.certificateFile { facts.append(RunFact("tls.cert", file)) }
    if let file = options.keyFile { facts.append(RunFact("tls.key", file)) }
    facts += options.resolve.map { RunFact("resolve", $0) }
    if let path = options.unixSocket { facts.append(RunFact("unix-socket", path)) }
    for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
      guard let proxy = variables[name], !proxy.isEmpty else { continue }
      facts.append(RunFact("proxy.\(name)", Proxies.shown(proxy)))
    }
    facts += [
      RunFact("libcurl", HTTPClient.libraryVersion),
      RunFact("system", ProcessInfo.processInfo.operatingSystemVersionString),
    ]
    return facts + job(variables)
  }

  /// The id that the CI system gives to all jobs of one run; `nil` outside of CI.
  static func runID(_ variables: [String: String]) -> String? {
    func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let run = value("GITHUB_RUN_ID") {
      return valid("github-\(run)" + (value("GITHUB_RUN_ATTEMPT").map { "-\($0)" } ?? ""))
    }
    let known = [
      ("CI_PIPELINE_ID", "gitlab"), ("BUILDKITE_BUILD_ID", "buildkite"), ("CIRCLE_WORKFLOW_ID", "circleci"),
      ("BUILD_BUILDID", "azure"), ("BITBUCKET_BUILD_NUMBER", "bitbucket"), ("BUILD_TAG", "jenkins"),
    ]
    return known.lazy.compactMap { name, system in value(name).flatMap { valid("\(system)-\($0)") } }.first
  }

  static func isRunID(_ text: String) -> Bool {
    (1...200).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  private static func valid(_ text: String) -> String? { isRunID(text) ? text : nil }

  /// The commit and the job, from the variables of GitHub Actions, GitLab, Jenkins, CircleCI and Buildkite.
  static func job(_ variables: [String: String]) -> [RunFact] {
    func first(_ names: [String]) -> String? { names.lazy.compactMap { variables[$0] }.first { !$0.isEmpty } }
    var facts: [RunFact] = []
    let commits = [
      "GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT", "BUILDKITE_COMMIT", "CIRCLE_SHA1", "BUILD_SOURCEVERSION",
      "BITBUCKET_COMMIT",
    ]
    if let commit = first(commits) { facts.append(RunFact("ci.commit", commit)) }
    if let branch = first(["GITHUB_REF_NAME", "CI_COMMIT_REF_NAME", "GIT_BRANCH", "CIRCLE_BRANCH", "BUILDKITE_BRANCH"])
    {
      facts.append(RunFact("ci.branch", branch))
    }
    if let server = variables["GITHUB_SERVER_URL"], let repository = variables["GITHUB_REPOSITORY"],
      let run = variables["GITHUB_RUN_ID"]
    {
      facts.append(RunFact("ci.job", "\(server)/\(repository)/actions/runs/\(run)"))
    } else if let url = first(["CI_JOB_URL", "BUILD_URL", "CIRCLE_BUILD_URL", "BUILDKITE_BUILD_URL"]) {
      facts.append(RunFact("ci.job", url))
    }
    return facts
  }
}
