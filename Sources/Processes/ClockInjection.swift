// The ways in which a launched program gets a simulated clock.

import Glibc
import SystemPackage

/// How the functions of a program that read the time are replaced.
public enum ClockInjection: Sendable, Hashable {
  /// By the program conform-clock, which starts the target and gives each of its programs a second vDSO.
  ///
  /// `attached` is the reason why it stays attached to the target; `nil` if it attaches at an exec only.
  case helper(path: String, attached: String?)
  /// By conform-clock as the entry point of a container, which somebody else starts.
  case container
  /// By the library of ClockShim, which the loader of dynamically linked programs loads first (`LD_PRELOAD`).
  ///
  /// `reason` is why conform-clock cannot be used.
  case library(path: String, reason: String)

  /// What a person should know if the first way is not in use.
  public var note: String? {
    switch self {
    case .helper(_, nil), .container: nil
    case .helper(_, let attached?): "conform-clock stays attached to the target, which makes it slower: \(attached)"
    case .library(_, let reason):
      "the target's clock is simulated by a preloaded library, which Go and statically linked programs ignore, since "
        + "conform-clock cannot be used: \(reason)"
    }
  }

  /// A second suffices on the slowest machine; without an end, nothing would start.
  private static let checkLimit = 10.0

  /// Finds the first way that works on this machine with a clock's file.
  ///
  /// - Throws: `ProcessError` if neither the helper nor the library can be used.
  static func choose(
    file: String, helper: Result<String, ProcessError> = Companion.helper.found,
    library: Result<String, ProcessError> = Companion.library.found
  ) async throws(ProcessError) -> ClockInjection {
    let reason: String
    do throws(ProcessError) {
      let helper = try helper.get()
      let check = try await Program.run(
        [helper, "--clock", file, "--check"], folder: "/", environment: [:], input: [], timeLimit: checkLimit)
      let lines = check.standardError.split(separator: "\n").map(withoutName)
      if check.isSuccess {
        let isAttached = check.standardOutput.starts(with: "stay".utf8)
        return .helper(path: helper, attached: isAttached ? attachedReason(lines) : nil)
      }
      reason = lines.first ?? "it \(check.outcome)"
    } catch {
      reason = error.description
    }
    do throws(ProcessError) { return .library(path: try library.get(), reason: reason) } catch {
      throw ProcessError("conform-clock cannot be used: \(reason); \(error)")
    }
  }

  private static func withoutName(_ line: Substring) -> String {
    String(line.hasPrefix(ClockReports.prefix) ? line.dropFirst(ClockReports.prefix.count) : line)
  }

  private static func attachedReason(_ lines: [String]) -> String {
    let start = "stays attached to the program: "
    return lines.first { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) } ?? "it gives no reason"
  }
}

/// A file that belongs to conform and is installed with it.
enum Companion {
  case helper, library

  private var name: String { self == .helper ? "conform-clock" : "libconform-clock-preload.so" }
  /// The variable that names another file.
  private var variable: String { self == .helper ? "CONFORM_CLOCK_HELPER" : "CONFORM_CLOCK_LIBRARY" }
  private var access: Int32 { self == .helper ? X_OK : R_OK }

  var found: Result<String, ProcessError> {
    Result { () throws(ProcessError) in try find() }
  }

  /// The file next to the executable, that of a package, or the one that the variable names.
  private func find() throws(ProcessError) -> String {
    if let named = getenv(variable) {
      let path = String(cString: named)
      guard Glibc.access(path, access) == 0 else {
        throw ProcessError("\(variable) names \(path), which cannot be \(self == .helper ? "run" : "read")")
      }
      return path
    }
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let executable = String(decoding: buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let folder = FilePath(executable).removingLastComponent()
    for candidate in [folder.appending(name), folder.appending("../lib/conform/\(name)")]
    where Glibc.access(candidate.string, access) == 0 { return candidate.string }
    throw ProcessError(
      "the file \(name) is missing: it is expected next to the executable in \(folder); "
        + "build it with 'swift build -c release', or set \(variable) to its path")
  }
}
