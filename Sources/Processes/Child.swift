// One process that was started here, in a process group of its own.

import CPosix
import Glibc

/// A child and how it is started. Everything that it starts belongs to its group, unless it leaves it.
struct Child {
  let id: pid_t

  /// What the standard streams of a child are.
  struct Streams {
    var input: Int32
    var output: Int32
    var errors: Int32
  }

  /// Starts a program. No shell is involved; a name without a slash is looked up in the PATH of `environment`.
  ///
  /// The child takes no signal mask and no ignored signals from this process.
  static func start(
    _ command: [String], folder: String, environment: [String: String], streams: Streams
  ) throws(ProcessError) -> Child {
    guard let program = command.first, !program.isEmpty else { throw ProcessError("no program was named") }
    guard !(command + environment.map { "\($0)=\($1)" }).contains(where: { $0.utf8.contains(0) }) else {
      throw ProcessError("an argument or variable of \(program) holds a NUL")
    }
    var info = stat()
    guard stat(folder, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
      throw ProcessError("\(program) cannot be started in \(folder): there is no such folder")
    }
    let path = try find(program, folder: folder, path: environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    _ = cposix_add_folder(&actions, folder)
    // above the three first, so that none is overwritten before it is copied
    posix_spawn_file_actions_adddup2(&actions, streams.input, 0)
    posix_spawn_file_actions_adddup2(&actions, streams.output, 1)
    posix_spawn_file_actions_adddup2(&actions, streams.errors, 2)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t(), all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let arguments = CStrings(command), variables = CStrings(environment.map { "\($0)=\($1)" })
    var id: pid_t = 0
    let code = posix_spawn(&id, path, &actions, &attributes, arguments.pointers, variables.pointers)
    guard code == 0 else {
      let hint = code == ENOEXEC ? "; a script needs a first line that names its interpreter" : ""
      throw ProcessError("\(program) cannot be started\(hint)", errno: code)
    }
    return Child(id: id)
  }

  /// The file of a program, as the child will name it from its folder.
  static func find(_ program: String, folder: String, path: String) throws(ProcessError) -> String {
    func isExecutable(_ file: String) -> Bool {
      var info = stat()
      return stat(file, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && access(file, X_OK) == 0
    }
    if program.contains("/") {
      let file =
        program.hasPrefix("/")
        ? program : "\(folder)/\(program.hasPrefix("./") ? String(program.dropFirst(2)) : program)"
      if isExecutable(file) { return program }
      throw access(file, F_OK) == 0
        ? ProcessError("\(file) is not executable; chmod +x makes it so") : ProcessError("there is no program \(file)")
    }
    for place in path.split(separator: ":") where isExecutable("\(place)/\(program)") { return "\(place)/\(program)" }
    throw ProcessError(
      "there is no program '\(program)' in PATH; a program beside the file that names it is written ./\(program)")
  }

  /// Sends a signal to the whole group.
  func signalGroup(_ signal: Int32) { kill(-id, signal) }

  /// Whether anything of the group is left: the child itself as a zombie, too.
  var groupExists: Bool { kill(-id, 0) == 0 || errno == EPERM }

  /// Waits for the child's end, and takes it. Blocks.
  func wait() -> Outcome {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 {
      guard errno == EINTR else { return .exited(255) }
    }
    return Outcome(status: status)
  }

  /// Waits for the child's end without taking it: its id goes to no other process meanwhile. Blocks.
  @discardableResult
  func waitForOutcome() -> Outcome {
    var info = siginfo_t()
    while waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) < 0 {
      guard errno == EINTR else { return .exited(255) }
    }
    let status = info._sifields._sigchld.si_status
    return info.si_code == CLD_EXITED ? .exited(status) : .killed(signal: status)
  }
}

/// How a process ended.
public enum Outcome: Sendable, Hashable, CustomStringConvertible {
  case exited(Int32)
  case killed(signal: Int32)

  init(status: Int32) {
    // WIFEXITED, WEXITSTATUS and WTERMSIG of <sys/wait.h>, which are macros
    self = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F)
  }

  public var description: String {
    switch self {
    case .exited(let status): "ended with status \(status)"
    case .killed(let signal): "was ended by the signal \(signal) (\(String(cString: strsignal(signal))))"
    }
  }
}

/// A list of C strings with a null behind it, as exec takes it.
final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    pointers = .allocate(capacity: count + 1)
    for (index, string) in strings.enumerated() { (pointers + index).initialize(to: strdup(string)) }
    (pointers + count).initialize(to: nil)
  }

  deinit {
    for index in 0..<count { free(pointers[index]) }
    pointers.deallocate()
  }
}
