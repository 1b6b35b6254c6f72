// The body of a request.

import CCurl
import ConformanceModel
import Glibc
import HTTPModel

extension EasyHandle {
  /// In bytes. A larger body is not copied: libcurl fetches it piece by piece while it sends.
  private static let maxCopied = 1 << 20

  func setBody(of request: WireRequest) throws(TransportError) {
    let body = request.body ?? []
    // The size first: libcurl copies that many bytes.
    try easy.check(ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)), "body size")
    guard body.count <= EasyHandle.maxCopied || request.isFramedByItself || options.httpVersion != .http1 else {
      return try fetchBody()
    }
    let code = body.withUnsafeBytes { bytes in
      // An empty array may have no address, which means "no body" to libcurl.
      withUnsafeBytes(of: 0) { nothing in
        let start = bytes.baseAddress ?? nothing.baseAddress
        return ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
      }
    }
    try easy.check(code, "body")
  }

  private func fetchBody() throws(TransportError) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    bodyOffset = 0
    try easy.set(CURLOPT_POST, 1)
    try easy.check(ccurl_set_source(easy, giveBody, context), "read function")
    try easy.check(ccurl_set_seek(easy, seekBody, context), "seek function")
  }

  /// Copies the next bytes of the body; returns how many.
  fileprivate func give(_ room: UnsafeMutableRawBufferPointer) -> Int {
    guard let body = transfer?.request.body else { return 0 }
    let piece = body[bodyOffset...].prefix(room.count)
    room.copyBytes(from: piece)
    bodyOffset += piece.count
    return piece.count
  }

  /// libcurl begins again before it wants to send a request a second time, which is refused then.
  fileprivate func seek(_ offset: Int) -> Bool {
    // what it wanted for the former transfer of the handle, it does before the next one, which may have no body
    guard (0...(transfer?.request.body?.count ?? 0)).contains(offset) else { return false }
    bodyOffset = offset
    return true
  }
}

extension WireRequest {
  /// The body is not sent as it is: in chunks, or with a length that the request states.
  fileprivate var isFramedByItself: Bool {
    chunked || headers.contains { $0.isNamed("Transfer-Encoding") || $0.isNamed("Content-Length") }
  }
}

private let giveBody: ccurl_source = { room, size, count, context in
  guard let room, let context else { return 0 }
  let handle = Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
  return handle.give(UnsafeMutableRawBufferPointer(start: room, count: size * count))
}

private let seekBody: ccurl_seek = { context, offset, origin in
  guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_FAIL }
  let handle = Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
  return handle.seek(Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
}
