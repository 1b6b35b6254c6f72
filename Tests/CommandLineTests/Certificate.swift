// Certificates, and servers that have them.

import Foundation
import Testing

/// A self-signed certificate, and a server that uses it.
enum Certificate {
  private static func openssl(_ arguments: [String], _ workspace: Workspace, output: Pipe? = nil) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.currentDirectoryURL = workspace.folder
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    if let output { process.standardOutput = output } else { process.standardOutput = FileHandle.nullDevice }
    try process.run()
    return process
  }

  private static let authority = """
    [ca]
    default_ca = own
    [own]
    database = index
    new_certs_dir = .
    serial = serial
    default_md = sha256
    policy = any
    copy_extensions = copy
    [any]
    commonName = supplied
    """

  /// Makes a certificate for a host alone and its key, in files `NAME.pem` and `NAME-key.pem`.
  static func make(
    _ name: String, in workspace: Workspace, host: String = "DNS:localhost", isExpired: Bool = false
  ) throws {
    for (file, text) in [("ca", authority), ("index", ""), ("serial", "01\n")] { try workspace.write(text, to: file) }
    try openssl(
      [
        "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "\(name)-key.pem",
        "-out", "request.pem", "-subj",
        "/CN=\(name)", "-addext", "subjectAltName=\(host)",
      ], workspace
    ).waitUntilExit()
    // a certificate that is signed by itself is one to trust, too
    try openssl(
      [
        "ca", "-batch", "-selfsign", "-notext", "-config", "ca", "-keyfile", "\(name)-key.pem", "-in", "request.pem",
        "-out", "\(name).pem", "-startdate",
        "20200101000000Z", "-enddate", isExpired ? "20200102000000Z" : "20990101000000Z",
      ], workspace
    ).waitUntilExit()
  }

  /// Writes the key of a certificate once more, under a password.
  static func encryptKey(of name: String, as file: String, password: String, in workspace: Workspace) throws {
    try openssl(
      ["pkey", "-in", "\(name)-key.pem", "-aes256", "-passout", "pass:\(password)", "-out", file], workspace
    ).waitUntilExit()
  }

  /// Starts a server with a certificate that `make` makes.
  ///
  /// - Parameter arguments: For `openssl s_server`.
  static func serve(
    in workspace: Workspace, name: String = "certificate", host: String = "DNS:localhost", isExpired: Bool = false,
    arguments: [String] = []
  ) throws -> (process: Process, port: String) {
    try make(name, in: workspace, host: host, isExpired: isExpired)
    let output = Pipe()
    let server = try openssl(
      ["s_server", "-accept", "127.0.0.1:0", "-cert", "\(name).pem", "-key", "\(name)-key.pem", "-www"] + arguments,
      workspace, output: output)
    var text = ""
    while !(text.hasPrefix("ACCEPT") || text.contains("\nACCEPT")) || !text.hasSuffix("\n") {
      let more = try output.fileHandleForReading.read(upToCount: 1) ?? Data()
      try #require(!more.isEmpty, "openssl s_server said: \(text)")
      text += String(decoding: more, as: UTF8.self)
    }
    return (server, String(text.split(separator: ":").last?.prefix { $0.isNumber } ?? ""))
  }
}

extension Process {
  /// Ends the program. Threads that run tests block SIGTERM, and so does what they start.
  func endAtOnce() { kill(processIdentifier, SIGKILL) }
}
