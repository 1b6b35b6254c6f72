// Opens files that a person or a log named: only regular ones, and without waiting. Copies and writes them.

import Glibc

/// Why a file cannot be read.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  public var path: String
  /// Such as `cannot be read: No such file or directory` or `is a named pipe, not a file`.
  public var message: String

  public init(path: String, message: String) {
    self.path = path
    self.message = message
  }

  public var description: String { "\(path): \(message)" }
}

/// A file with contents of a known size. A named pipe would make the reader wait for a writer, and a device can have no
/// end, so neither is read in the place of a file.
public enum RegularFile {
  /// Opens a file for reading. Symbolic links are followed.
  ///
  /// - Returns: A descriptor that the caller closes.
  /// - Throws: `FileError` if the file cannot be opened or is not a regular file.
  public static func open(_ path: String) throws(FileError) -> Int32 {
    // without O_NONBLOCK, the call would wait for the writer of a pipe; a terminal must not become the controlling one
    let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot be read", path) }
    var info = stat()
    guard fstat(descriptor, &info) == 0 else {
      let error = FileError.system("cannot be read", path)
      close(descriptor)
      throw error
    }
    guard info.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError(path: path, message: "is \(kind(info.st_mode)), not a file")
    }
    return descriptor
  }

  /// Refuses a path that is not a regular file, for readers that open it themselves.
  ///
  /// - Throws: `FileError` as `open` does.
  public static func check(_ path: String) throws(FileError) { close(try open(path)) }

  /// The bytes of a file.
  ///
  /// - Parameter maxSize: Larger files are refused; in bytes.
  /// - Throws: `FileError` if the file cannot be opened or read, is not a regular file, or is larger.
  public static func read(_ path: String, maxSize: Int = .max) throws(FileError) -> [UInt8] {
    if let bytes = try read(path, atMost: maxSize) { return bytes }
    throw FileError(path: path, message: "is larger than \(maxSize) bytes")
  }

  /// The bytes of a file, or `nil` if it is larger than `maxSize` bytes.
  ///
  /// - Throws: `FileError` if the file cannot be opened or read, or is not a regular file.
  public static func read(_ path: String, atMost maxSize: Int) throws(FileError) -> [UInt8]? {
    let descriptor = try open(path)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var info = stat()
    let size = fstat(descriptor, &info) == 0 ? Int(info.st_size) : 0
    bytes.reserveCapacity(min(maxSize, size))
    // one byte more than the file has, to find its end; the size of some files is unknown
    let chunk = max(4 << 10, min(size + 1, 256 << 10))
    while true {
      let count = withUnsafeTemporaryAllocation(byteCount: chunk, alignment: 1) { raw in
        var count = -1
        repeat { count = Glibc.read(descriptor, raw.baseAddress, chunk) } while count < 0 && errno == EINTR
        bytes.append(contentsOf: raw.prefix(max(0, count)))
        return count
      }
      if count < 0 { throw .system("cannot be read", path) }
      if count == 0 { return bytes }
      guard bytes.count <= maxSize else { return nil }
    }
  }

  /// Copies a file, with its permissions, to a path where there is none.
  ///
  /// - Throws: `FileError`; no copy is then left.
  public static func copy(_ source: String, to path: String) throws(FileError) {
    let input = try open(source)
    defer { close(input) }
    var info = stat()
    guard fstat(input, &info) == 0 else { throw .system("cannot be read", source) }
    let output = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, info.st_mode & 0o777)
    guard output >= 0 else { throw .system("cannot be written", path) }
    var error: FileError?
    var chunk = [UInt8](repeating: 0, count: 256 << 10)
    while error == nil {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(input, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR { error = .system("cannot be read", source) }
      if count > 0, !write(chunk[..<count], to: output) { error = .system("cannot be written", path) }
      if count == 0 { break }
    }
    if close(output) != 0, error == nil { error = .system("cannot be written", path) }
    guard let error else { return }
    unlink(path)
    throw error
  }

  /// Writes bytes to an open file.
  ///
  /// - Returns: Whether all were written; if not, `errno` has the reason.
  public static func write(_ bytes: some Sequence<UInt8>, to descriptor: Int32) -> Bool {
    let bytes = Array(bytes)
    return bytes.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
        if count > 0 { written += count } else if count == 0 || errno != EINTR { return false }
      }
      return true
    }
  }

  private static func kind(_ mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFDIR: "a folder"
    case S_IFIFO: "a named pipe"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }
}

extension FileError {
  fileprivate static func system(_ doing: String, _ path: String) -> FileError {
    FileError(path: path, message: "\(doing): \(String(cString: strerror(errno)))")
  }
}
