import Testing

@testable import HTTPTransport

@Suite("The texts of libcurl and OpenSSL")
struct LibraryTextTests {
  @Test(
    "lose what only their developers need",
    arguments: [
      ("OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number", "wrong version number"),
      (
        "OpenSSL SSL_read: OpenSSL/3.0.19: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0",
        "tlsv13 alert certificate required"
      ),
      ("Recv failure: Connection reset by peer", "Connection reset by peer"),
      ("SSL certificate problem: certificate has expired", "certificate has expired"),
      (
        "SSL: no alternative certificate subject name matches target host name 'a'",
        "no alternative certificate subject name matches target host name 'a'"
      ),
      (
        "getpeername() failed with errno 107: Transport endpoint is not connected", "the connection has ended"
      ),
      ("Empty reply from server", "Empty reply from server"),
    ])
  func plain(text: String, shown: String) { #expect(LibraryText.plain(text) == shown) }

  @Test(
    "get an advice that helps",
    arguments: [
      ("wrong version number", "write http:// in the URL"), ("packet length too long", "write http:// in the URL"),
      ("certificate has expired", "renew the certificate"), ("certificate is not yet valid", "clock of this machine"),
      ("no alternative certificate subject name matches target host name 'a'", "for another name"),
      ("SSL: certificate subject name 'b' does not match target host name 'a'", "for another name"),
      ("self-signed certificate", "--cacert FILE"), ("unable to get local issuer certificate", "--cacert FILE"),
      ("tlsv13 alert certificate required", "pass it by --cert FILE"),
      ("sslv3 alert bad certificate", "the server requests a certificate of the client"),
      ("sslv3 alert handshake failure", "if it requests a certificate of the client, pass one by --cert FILE"),
      ("tlsv1 alert protocol version", "conform needs TLS 1.2"),
    ])
  func advice(text: String, advice: String) {
    let message = LibraryText.tls(text, hasCertificate: false)
    #expect(message.contains(advice), "\(message)")
    // trust does not help against another name, another time, or a missing certificate of the client
    #expect(message.contains("--cacert") == (advice == "--cacert FILE"), "\(message)")
  }

  @Test(
    "say that the certificate of the client is not accepted, if there is one",
    arguments: [
      "tlsv1 alert unknown ca", "sslv3 alert bad certificate", "sslv3 alert certificate expired",
      "sslv3 alert certificate unknown", "sslv3 alert certificate revoked", "sslv3 alert handshake failure",
    ])
  func certificate(text: String) {
    let message = LibraryText.tls(text, hasCertificate: true)
    #expect(message.contains("not accept the certificate of the client"), "\(message)")
    #expect(!message.contains("requests"), "\(message)")
  }
}
