// Exchanges as the run log stores them.

import ConformanceModel
import HTTPModel
import JSONValue
import Redaction
import RunEvents

extension ExchangeRecord {
  /// The middle of a larger body is left out.
  static let maxBody = 64 << 10

  init(_ exchange: Exchange, redactor: SecretRedactor) {
    let request = exchange.request
    let response = exchange.response
    let isChunked = request.chunked && request.headers.first("Transfer-Encoding") == nil
    self.init(
      method: request.method, url: request.url,
      requestHeaders: request.headers + (isChunked ? [HeaderField("Transfer-Encoding", "chunked")] : []),
      requestBody: BodyRecord(request.body ?? [], isCut: false, redactor), status: response.status,
      version: response.version,
      responseHeaders: response.headers, responseBody: BodyRecord(response.body, isCut: response.isCut, redactor),
      timings: exchange.timings, connection: exchange.connection, attempt: exchange.attempt)
    certificate = request.certificate.map(CertificateRecord.init)
  }

  /// An attempt that got no response.
  init(
    _ request: WireRequest, _ error: TransportError, attempt: Int, isRetried: Bool, _ redactor: SecretRedactor
  ) {
    self.init(
      method: request.method, url: request.url, requestHeaders: request.headers,
      requestBody: BodyRecord(request.body ?? [], isCut: false, redactor), status: 0, version: "",
      responseHeaders: [], responseBody: BodyRecord(size: 0, text: ""), timings: Timings(),
      connection: error.connection, attempt: attempt)
    certificate = request.certificate.map(CertificateRecord.init)
    self.isRetried = isRetried
    failure = error.message
  }
}

extension CertificateRecord {
  init(_ certificate: ClientCertificate) {
    switch certificate {
    case .none: self.init()
    case .files(let certificate, let key, _): self.init(file: certificate, key: key)
    // those of a run are in no file
    case .made(let name, _, _): self.init(file: "\(name).pem", key: "\(name)-key.pem")
    }
  }
}

extension BodyRecord {
  /// - Parameters:
  ///   - size: The number of bytes that were sent, before secrets were masked.
  ///   - masked: Masks the secrets of bytes that are not text.
  private init(whole bytes: [UInt8], size: Int, isCut: Bool, masked: ([UInt8]) -> [UInt8]) {
    if let text = String(valid: bytes) {
      self.init(size: size, text: text, isCut: isCut)
    } else {
      self.init(size: size, text: Base64.encode(masked(bytes)), isBase64: true, isCut: isCut)
    }
  }

  init(_ bytes: [UInt8], isCut: Bool, _ redactor: SecretRedactor) {
    guard bytes.count > ExchangeRecord.maxBody else {
      // Base64 hides a secret from the redaction of the line, but not from a reader who decodes it
      self.init(whole: bytes, size: bytes.count, isCut: isCut) { redactor.redact($0) }
      return
    }
    let half = 2 << 10
    // a secret across the cut is seen whole, with all of its characters escaped
    let margin = max(3 * half, redactor.maxEscapedLength)
    let start: ArraySlice<UInt8>
    let end: ArraySlice<UInt8>
    let size: Int
    if bytes.count <= 2 * (half + margin) {
      let clean = redactor.redact(bytes)
      // the body of a large secret is short once that is masked: its ends would overlap
      guard clean.count > ExchangeRecord.maxBody else {
        self.init(whole: clean, size: bytes.count, isCut: isCut) { $0 }
        return
      }
      (start, end, size) = (clean.prefix(half), clean.suffix(half), clean.count)
    } else {
      // to search all of it would take as long as the request
      start = redactor.redact(Array(bytes.prefix(half + margin))).prefix(half)
      end = redactor.redact(Array(bytes.suffix(half + margin))).suffix(half)
      size = bytes.count
    }
    let omitted = size - start.count - end.count
    let text =
      String(decoding: start, as: UTF8.self) + "\n… \(omitted) bytes left out …\n"
      + String(decoding: end, as: UTF8.self)
    self.init(size: bytes.count, text: text, omitted: omitted, isCut: isCut)
  }
}
