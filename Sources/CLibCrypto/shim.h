// Encryption, key derivation and signatures of OpenSSL, which libcurl loads too.
#ifndef CONFORM_CLIBCRYPTO_SHIM_H
#define CONFORM_CLIBCRYPTO_SHIM_H

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// Swift cannot call variadic functions.
static inline EVP_PKEY *conform_generate_rsa(size_t bits) {
  return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
}

static inline EVP_PKEY *conform_generate_ec(const char *curve) {
  return EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);
}

static inline EVP_PKEY *conform_generate_ed25519(void) {
  return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

// Parameters keep the pointers to their names, which a string of Swift does not have for longer than a call.
static inline EVP_PKEY *conform_public_key(const char *type, OSSL_PARAM parameters[]) {
  EVP_PKEY *key = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
  if (context && EVP_PKEY_fromdata_init(context) == 1)
    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters);
  EVP_PKEY_CTX_free(context);
  return key;
}

/// A public key of RSA; NULL if the numbers are none.
static inline EVP_PKEY *conform_rsa_public_key(const BIGNUM *modulus, const BIGNUM *exponent) {
  EVP_PKEY *key = NULL;
  OSSL_PARAM *parameters = NULL;
  OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
  if (builder && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus)
      && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent)
      && (parameters = OSSL_PARAM_BLD_to_param(builder)))
    key = conform_public_key("RSA", parameters);
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(builder);
  return key;
}

/// A public key on a curve; NULL if the point is not on it.
static inline EVP_PKEY *conform_ec_public_key(const char *curve, const unsigned char *point, size_t length) {
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)curve, 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, length),
      OSSL_PARAM_construct_end(),
  };
  return conform_public_key("EC", parameters);
}

static inline int conform_add_names(X509 *certificate, const char *names) {
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
  int code = extension ? X509_add_ext(certificate, extension, -1) : 0;
  X509_EXTENSION_free(extension);
  return code;
}

/// A certificate, valid from 2000 to 9999, of a key that signs it; NULL if it cannot be made.
/// names: the subject alternative names in OpenSSL's form, or NULL.
static inline X509 *conform_self_signed(EVP_PKEY *key, const EVP_MD *digest, const char *name, const char *names) {
  X509 *certificate = X509_new();
  if (!certificate)
    return NULL;
  BIGNUM *number = BN_new();
  X509_NAME *subject = X509_get_subject_name(certificate);
  int made = number && BN_rand(number, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1
      && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) && X509_set_version(certificate, X509_VERSION_3)
      && ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), "20000101000000Z")
      && ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), "99991231235959Z")
      && X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0)
      && X509_set_issuer_name(certificate, subject) && X509_set_pubkey(certificate, key)
      && (!names || conform_add_names(certificate, names)) && X509_sign(certificate, key, digest) > 0;
  BN_free(number);
  if (made)
    return certificate;
  X509_free(certificate);
  return NULL;
}

#endif
