// One process that was started here, in a process group of its own.
//
// The package swift-subprocess is not used. It reaps a child as soon as the child exits, so that the id of its process
// group may be reused before the rest of the group is ended; here the id stays reserved until the whole group is gone.

import CPosix
import Glibc
import SystemPackage

/// A child and how it is started. Everything that it starts belongs to its group, unless it leaves the group.
struct Child {
  let id: pid_t

  /// The standard streams of a child.
  struct Streams {
    var input: Descriptor
    var output: Descriptor
    var errors: Descriptor
  }

  /// Starts a program without a shell; a name without a slash is searched in the PATH of `environment`.
  ///
  /// The child inherits neither the signal mask nor the ignored signals of this process, and no descriptors but these.
  static func start(
    _ command: [String], folder: String, environment: [String: String], streams: Streams
  ) throws(ProcessError) -> Child {
    guard let program = command.first, !program.isEmpty else { throw ProcessError("the command is empty") }
    guard !(command + environment.map { "\($0)=\($1)" }).contains(where: { $0.utf8.contains(0) }) else {
      throw ProcessError("an argument or variable of \(program) contains a NUL")
    }
    guard FileKind.of(folder) == .folder else {
      throw ProcessError("\(program) cannot be started in \(folder): there is no such folder")
    }
    let path = try find(program, folder: folder, path: environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    _ = cposix_add_folder(&actions, folder)
    posix_spawn_file_actions_adddup2(&actions, streams.input.file.rawValue, 0)
    posix_spawn_file_actions_adddup2(&actions, streams.output.file.rawValue, 1)
    posix_spawn_file_actions_adddup2(&actions, streams.errors.file.rawValue, 2)
    _ = cposix_add_close(&actions, 3)

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
      throw ProcessError("\(program) cannot be started\(hint)", Errno(rawValue: code))
    }
    return Child(id: id)
  }

  /// The file of a program, as the child will name it from its folder.
  static func find(_ program: String, folder: String, path: String) throws(ProcessError) -> String {
    func isExecutable(_ file: String) -> Bool { FileKind.of(file) == .regular && access(file, X_OK) == 0 }
    if program.contains("/") {
      // Not normalized: `..` behind a symbolic link leads elsewhere.
      let relative = program.hasPrefix("./") ? String(program.dropFirst(2)) : program
      let file = FilePath(folder).pushing(FilePath(relative)).string
      if isExecutable(file) { return program }
      throw access(file, F_OK) == 0
        ? ProcessError("\(file) is not executable; make it executable with chmod +x")
        : ProcessError("the program \(file) does not exist")
    }
    for place in path.split(separator: ":") where isExecutable("\(place)/\(program)") { return "\(place)/\(program)" }
    throw ProcessError(
      "there is no program '\(program)' in PATH; write ./\(program) for a program next to the file that names it")
  }

  /// Sends a signal to the whole group.
  func signalGroup(_ signal: Int32) { kill(-id, signal) }

  /// Waits for the child's end, and reaps it. Blocks.
  func wait() -> Outcome {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 {
      guard Errno.last == .interrupted else { return .exited(255) }
    }
    return Outcome(status: status)
  }

  /// Waits for the child's end without reaping it: no other process gets its id meanwhile. Blocks.
  @discardableResult
  func waitForOutcome() -> Outcome {
    var info = siginfo_t()
    while waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) < 0 {
      guard Errno.last == .interrupted else { return .exited(255) }
    }
    let status = info._sifields._sigchld.si_status
    return info.si_code == CLD_EXITED ? .exited(status) : .killed(signal: status)
  }
}

/// What a path names.
enum FileKind {
  case folder, regular, other

  /// `nil` if there is nothing.
  static func of(_ path: String) -> FileKind? {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    return switch info.st_mode & S_IFMT {
    case S_IFDIR: .folder
    case S_IFREG: .regular
    default: .other
    }
  }
}

/// How a process ended.
public enum Outcome: Sendable, Hashable, CustomStringConvertible {
  case exited(Int32)
  case killed(signal: Int32)

  init(status: Int32) {
    // WIFEXITED, WEXITSTATUS and WTERMSIG of <sys/wait.h>, which are macros.
    self = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F)
  }

  public var description: String {
    switch self {
    case .exited(let status): "ended with status \(status)"
    case .killed(let signal): "was ended by the signal \(signal) (\(String(cString: strsignal(signal))))"
    }
  }
}

/// A list of C strings that ends with a null pointer, as exec takes it.
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
