// TLS of OpenSSL, which libcurl loads too.
#ifndef CONFORM_CLIBSSL_SHIM_H
#define CONFORM_CLIBSSL_SHIM_H

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

static inline int conform_accept_certificate(X509_STORE_CTX *store, void *context) {
  (void)store;
  (void)context;
  return 1;
}

/// A context for servers of TLS 1.2 and later; NULL if memory is exhausted. Clients may send a certificate, or none; no
/// authority has to have signed it. Sessions are not resumed: each handshake shows who the client is.
static inline SSL_CTX *conform_server_context(void) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  if (!context)
    return NULL;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_cert_verify_callback(context, conform_accept_certificate, NULL);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(context, 0);
  return context;
}

/// Reads a chain of certificates and a private key in PEM; 1 if the key is that of the first certificate.
static inline int conform_use_identity(SSL_CTX *context, const char *certificates, int size, const char *key, int key_size) {
  BIO *memory = BIO_new_mem_buf(certificates, size);
  X509 *certificate = memory ? PEM_read_bio_X509(memory, NULL, NULL, (void *)"") : NULL;
  int is_used = certificate && SSL_CTX_use_certificate(context, certificate) == 1;
  X509_free(certificate);
  while (is_used && (certificate = PEM_read_bio_X509(memory, NULL, NULL, (void *)"")))
    if (SSL_CTX_add0_chain_cert(context, certificate) != 1) {
      X509_free(certificate);
      is_used = 0;
    }
  BIO_free(memory);
  if (!is_used)
    return 0;
  // without a password OpenSSL would ask for one at the terminal
  memory = BIO_new_mem_buf(key, key_size);
  EVP_PKEY *private_key = memory ? PEM_read_bio_PrivateKey(memory, NULL, NULL, (void *)"") : NULL;
  is_used = private_key && SSL_CTX_use_PrivateKey(context, private_key) == 1;
  EVP_PKEY_free(private_key);
  BIO_free(memory);
  ERR_clear_error();
  return is_used && SSL_CTX_check_private_key(context) == 1;
}

#endif
