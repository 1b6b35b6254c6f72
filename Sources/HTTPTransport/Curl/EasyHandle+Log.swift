// libcurl's log of a transfer: some of its facts are reported nowhere else.

import CCurl
import ConformanceModel
import HTTPModel

extension EasyHandle {
  func setLogFunction() throws(TransportError) {
    try easy.check(ccurl_set_debug(easy, takeLog, Unmanaged.passUnretained(self).toOpaque()), "log function")
  }

  /// Turns the log on, once the header section is complete: before that it costs time and shows nothing of HTTP/1.1.
  func readLog() { ccurl_set_long(easy, CURLOPT_VERBOSE, 1) }

  fileprivate func takeLogLine(_ line: UnsafeRawBufferPointer) {
    // Bytes after a response that arrived together with its last bytes.
    if line.starts(with: "Excess found".utf8) || line.starts(with: "Leftovers after chunking".utf8) {
      hasDiscardedBytes = true
    }
    guard options.httpVersion == .http2, let use else { return }
    let text = String(decoding: line, as: UTF8.self)
    if text.contains("REFUSED_STREAM") { isUnprocessed = true }
    // libcurl wanted to send more of the body
    if text.firstMatch(of: /^stream [0-9]+ closed/) != nil { hasStreamEnded = true }
    if text.contains("GOAWAY"), let match = text.firstMatch(of: /last_stream=([0-9]+)/), let last = Int(match.1) {
      // The streams of a client have odd numbers (RFC 9113 section 5.1.1).
      isUnprocessed = isUnprocessed || 2 * use.index + 1 > last
    }
  }
}

private let takeLog: ccurl_debug = { _, type, bytes, count, context in
  guard type == CURLINFO_TEXT, let bytes, let context else { return 0 }
  let line = UnsafeRawBufferPointer(start: bytes, count: count)
  Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue().takeLogLine(line)
  return 0
}
