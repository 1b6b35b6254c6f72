// TLS in front of a `RawServer`, so that a test decides about each byte under it.

import Foundation
import TestSupport
import Testing

/// A process that ends TLS and passes each piece of plain text on as it comes, as a record of its own.
///
/// It needs Python and OpenSSL, as the checks of the project do.
final class TLSFront {
  let port: Int
  /// The certificate, to be trusted.
  let certificate: String
  private let process = Process()
  /// The process ends with its standard input, also if the tests end first.
  private let input = Pipe()
  private let folder: URL

  static let isAvailable = ["python3", "openssl"].allSatisfy { name in
    ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") } ?? false
  }

  /// - Parameters:
  ///   - version: The only version of TLS: `TLSv1_2` or `TLSv1_3`.
  ///   - protocols: What it agrees to by ALPN (RFC 7301), such as `h2`.
  ///   - notifies: Whether it sends the alert close_notify before it ends a connection (RFC 8446 section 6.1).
  init(before server: RawServer, version: String, protocols: [String] = [], notifies: Bool = false) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "conform-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let key = folder.appending(path: "key.pem").path
    certificate = folder.appending(path: "certificate.pem").path
    let maker = Process()
    maker.executableURL = URL(filePath: "/usr/bin/env")
    maker.arguments =
      ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
      + ["-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    maker.standardError = FileHandle.nullDevice
    try maker.run()
    maker.waitUntilExit()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["python3", "-c", Self.program, certificate, key, version, "\(server.port)", "\(notifies)"] + protocols
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    var text = ""
    while !text.hasSuffix("\n") {
      let more = try output.fileHandleForReading.read(upToCount: 1) ?? Data()
      try #require(!more.isEmpty, "the TLS front ended")
      text += String(decoding: more, as: UTF8.self)
    }
    port = try #require(Int(text.dropLast()))
  }

  deinit {
    input.fileHandleForWriting.closeFile()
    try? FileManager.default.removeItem(at: folder)
  }

  var url: String { "https://127.0.0.1:\(port)" }

  private static let program = """
    import os, select, socket, ssl, sys, threading
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    context.minimum_version = context.maximum_version = ssl.TLSVersion[sys.argv[3]]
    if sys.argv[6:]:
        context.set_alpn_protocols(sys.argv[6:])
    # in one thread: OpenSSL does not let two use a connection
    def serve(raw):
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        secured = context.wrap_socket(raw, server_side=True)
        plain = socket.create_connection(("127.0.0.1", int(sys.argv[4])))
        try:
            while forward(secured, plain):
                pass
        except OSError:
            pass
        plain.close()
        # a close before everything is read would reset the connection
        try:
            secured.shutdown(socket.SHUT_WR)
            while secured.recv(65536):
                pass
        except OSError:
            pass
        secured.close()
    def forward(secured, plain):
        ready = [secured] if secured.pending() else select.select([secured, plain], [], [])[0]
        if secured in ready:
            data = secured.recv(65536)
            plain.sendall(data)
            return data
        data = plain.recv(65536)
        secured.sendall(data)
        if not data and sys.argv[5] == "true":
            secured.unwrap()
        return data
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()
    """
}
