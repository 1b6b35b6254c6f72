// Encryption and key derivation of OpenSSL, which libcurl loads too.
#ifndef CONFORM_CLIBCRYPTO_SHIM_H
#define CONFORM_CLIBCRYPTO_SHIM_H

#include <openssl/evp.h>
#include <openssl/kdf.h>

#endif
