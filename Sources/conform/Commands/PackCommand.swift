// conform pack: the pack that is part of the program.

import ArgumentParser
import BuiltInPack
import ConformanceModel
import Glibc
import Reporting
import RunEvents

struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack", abstract: "Writes the built-in pack into a folder, to read or to change.",
    subcommands: [Export.self])

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Writes the files of the built-in pack into a folder.",
      discussion: """
        The folder is created. If it exists, it must be empty. 'conform run' uses the folder Scenarios without an \
        option, and any other with --pack.
        """)

    @Argument(help: "The folder to write to.")
    var folder = PackOptions.folder

    func run() throws {
      do throws(ReportError) {
        try ReportFolder.make(folder)
        try checkIsEmpty()
        for file in BuiltInPack.files {
          let path = Path.join(folder, String(file.path.dropFirst(BuiltInPack.root.count + 1)))
          try ReportFolder.make(Path.folder(of: path))
          try ReportFile.write(String(decoding: file.bytes, as: UTF8.self), to: path)
          if file.isExecutable { chmod(path, 0o755) }
        }
      } catch {
        throw StartError(.usageError, error.description)
      }
      Output.write("\(BuiltInPack.files.count.counted("file")) in \(folder)")
    }

    /// Nothing is overwritten, and no file of another pack stays between those of this one.
    private func checkIsEmpty() throws(ReportError) {
      guard let handle = opendir(folder) else {
        throw ReportError(path: folder, message: "cannot be read: \(String(cString: strerror(errno)))")
      }
      defer { closedir(handle) }
      while let entry = readdir(handle) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard [".", ".."].contains(name) else {
          throw ReportError(path: folder, message: "is not empty; name a new folder")
        }
      }
    }
  }
}
