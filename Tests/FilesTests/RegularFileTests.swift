import Files
import Foundation
import Glibc
import Testing

@Suite("A file that is read")
struct RegularFileTests {
  private let folder = NSTemporaryDirectory() + "files-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

  private func message(_ path: String) throws -> String {
    try #require(throws: FileError.self) { try RegularFile.read(path) }.message
  }

  @Test("has the bytes that were written, also through a symbolic link")
  func bytes() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0) }
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/file"))
    try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "file")
    #expect(try RegularFile.read("\(folder)/file") == bytes)
    #expect(try RegularFile.read("\(folder)/link") == bytes)
    #expect(try RegularFile.read("\(folder)/file", maxSize: 700_000) == bytes)
    let error = #expect(throws: FileError.self) { try RegularFile.read("\(folder)/file", maxSize: 699_999) }
    #expect(error?.message == "is larger than 699999 bytes")
  }

  @Test("is not a named pipe, a folder, a device or missing, and none of them is waited for")
  func others() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
    #expect(try message("\(folder)/pipe") == "is a named pipe, not a file")
    #expect(try message(folder) == "is a folder, not a file")
    #expect(try message("/dev/zero") == "is a device, not a file")
    #expect(try message("\(folder)/nothing") == "cannot be read: No such file or directory")
    #expect(throws: FileError.self) { try RegularFile.check("\(folder)/pipe") }
  }

  @Test("is copied with its permissions, and not over another file")
  func copies() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 >> 3) }
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/file"))
    #expect(chmod("\(folder)/file", 0o600) == 0)
    try RegularFile.copy("\(folder)/file", to: "\(folder)/copy")
    #expect(try RegularFile.read("\(folder)/copy") == bytes)
    var info = stat()
    #expect(stat("\(folder)/copy", &info) == 0 && info.st_mode & 0o777 == 0o600)
    let error = #expect(throws: FileError.self) { try RegularFile.copy("\(folder)/file", to: "\(folder)/copy") }
    #expect(error?.message == "cannot be written: File exists")
    #expect(throws: FileError.self) { try RegularFile.copy("\(folder)/nothing", to: "\(folder)/other") }
    #expect(access("\(folder)/other", F_OK) != 0)
  }

  @Test("that cannot be written is reported with the reason")
  func full() {
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    #expect(!RegularFile.write([1, 2, 3], to: full) && errno == ENOSPC)
  }
}
