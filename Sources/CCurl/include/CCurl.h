// libcurl for Swift: its variadic functions, which Swift cannot call, as inline functions with one type each.
// Everything else is imported as it is, if loading.c has it in its table. Nothing may be called before `ccurl_load`.

#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

#include <curl/curl.h>
#include <string.h>

/// 7.87.
#define CCURL_LEAST_VERSION 0x075700

#if LIBCURL_VERSION_NUM < CCURL_LEAST_VERSION
#error "libcurl 7.87 or later is needed (CURLOPT_PROTOCOLS_STR, CURLOPT_QUICK_EXIT, MSG_NOSIGNAL under TLS)"
#endif

/// Loads libcurl; only the first call does, and others wait for it. The reason if it cannot be loaded, or null.
const char *ccurl_load(void);

/// The variadic functions of the loaded libcurl.
struct ccurl_variadic {
  CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
  CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
  CURLMcode (*multi_setopt)(CURLM *multi, CURLMoption option, ...);
};
extern struct ccurl_variadic ccurl_variadic;

typedef size_t (*ccurl_sink)(char *bytes, size_t size, size_t count, void *context);

/// The version of the loaded libcurl, which may be later than that of the headers.
static inline const curl_version_info_data *ccurl_version(void) { return curl_version_info(CURLVERSION_NOW); }

static inline CURLcode ccurl_global_init(void) { return curl_global_init(CURL_GLOBAL_ALL); }

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
  return ccurl_variadic.easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return ccurl_variadic.easy_setopt(easy, option, value);
}

/// libcurl copies the text.
static inline CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value) {
  return ccurl_variadic.easy_setopt(easy, option, value);
}

/// libcurl keeps the pointer: it must stay valid as long as the handle uses it.
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
  return ccurl_variadic.easy_setopt(easy, option, value);
}

/// libcurl copies the bytes; NULL removes them.
static inline CURLcode ccurl_set_bytes(CURL *easy, CURLoption option, const char *bytes) {
  struct curl_blob blob = {(void *)bytes, bytes ? strlen(bytes) : 0, CURL_BLOB_COPY};
  return ccurl_variadic.easy_setopt(easy, option, bytes ? &blob : NULL);
}

/// libcurl keeps the pointer: the list must stay valid until the transfer has ended.
static inline CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
  return ccurl_variadic.easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_body_sink(CURL *easy, ccurl_sink sink, void *context) {
  CURLcode code = ccurl_variadic.easy_setopt(easy, CURLOPT_WRITEFUNCTION, sink);
  return code ? code : ccurl_variadic.easy_setopt(easy, CURLOPT_WRITEDATA, context);
}

static inline CURLcode ccurl_set_header_sink(CURL *easy, ccurl_sink sink, void *context) {
  CURLcode code = ccurl_variadic.easy_setopt(easy, CURLOPT_HEADERFUNCTION, sink);
  return code ? code : ccurl_variadic.easy_setopt(easy, CURLOPT_HEADERDATA, context);
}

/// Gives the next bytes of a body; returns how many.
typedef size_t (*ccurl_source)(char *room, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_source(CURL *easy, ccurl_source source, void *context) {
  CURLcode code = ccurl_variadic.easy_setopt(easy, CURLOPT_READFUNCTION, source);
  return code ? code : ccurl_variadic.easy_setopt(easy, CURLOPT_READDATA, context);
}

/// Moves to a place in the body; CURL_SEEKFUNC_OK when it has.
typedef int (*ccurl_seek)(void *context, curl_off_t offset, int origin);

static inline CURLcode ccurl_set_seek(CURL *easy, ccurl_seek seek, void *context) {
  CURLcode code = ccurl_variadic.easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek);
  return code ? code : ccurl_variadic.easy_setopt(easy, CURLOPT_SEEKDATA, context);
}

/// Called with each socket before it connects; 0 permits that.
typedef int (*ccurl_socket_opened)(void *context, curl_socket_t socket, curlsocktype purpose);
/// Closes a socket; 0 when it has.
typedef int (*ccurl_socket_closer)(void *context, curl_socket_t socket);

static inline CURLcode ccurl_set_socket_opened(CURL *easy, ccurl_socket_opened function, void *context) {
  CURLcode code = ccurl_variadic.easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, function);
  return code ? code : ccurl_variadic.easy_setopt(easy, CURLOPT_SOCKOPTDATA, context);
}

/// The context must outlive the multi handle: connections keep it.
static inline CURLcode ccurl_set_socket_closer(CURL *easy, ccurl_socket_closer function, void *context) {
  CURLcode code = ccurl_variadic.easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, function);
  return code ? code : ccurl_variadic.easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, context);
}

/// Called when there is a connection, before the request is sent on it.
typedef int (*ccurl_before_request)(void *context, char *their_ip, char *our_ip, int their_port, int our_port);

static inline CURLcode ccurl_set_before_request(CURL *easy, ccurl_before_request function, void *context) {
  CURLcode code = ccurl_variadic.easy_setopt(easy, CURLOPT_PREREQFUNCTION, function);
  return code ? code : ccurl_variadic.easy_setopt(easy, CURLOPT_PREREQDATA, context);
}

typedef int (*ccurl_debug)(CURL *easy, curl_infotype type, char *bytes, size_t count, void *context);

/// Called with libcurl's log of a transfer while CURLOPT_VERBOSE is on.
static inline CURLcode ccurl_set_debug(CURL *easy, ccurl_debug function, void *context) {
  CURLcode code = ccurl_variadic.easy_setopt(easy, CURLOPT_DEBUGFUNCTION, function);
  return code ? code : ccurl_variadic.easy_setopt(easy, CURLOPT_DEBUGDATA, context);
}

/// The TLS session of OpenSSL under the transfer; null if there is none, or it is of another library.
static inline void *ccurl_openssl_session(CURL *easy) {
  struct curl_tlssessioninfo *info = 0;
  if (ccurl_variadic.easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &info) || !info) return 0;
  return info->backend == CURLSSLBACKEND_OPENSSL ? info->internals : 0;
}

/// `info` must be one of the CURLINFO_LONG group; 0 if libcurl has no value.
static inline long ccurl_get_long(CURL *easy, CURLINFO info) {
  long value = 0;
  return ccurl_variadic.easy_getinfo(easy, info, &value) ? 0 : value;
}

/// `info` must be one of the CURLINFO_OFF_T group; 0 if libcurl has no value.
static inline curl_off_t ccurl_get_offset(CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  return ccurl_variadic.easy_getinfo(easy, info, &value) ? 0 : value;
}

/// What was set with CURLOPT_PRIVATE, or null.
static inline void *ccurl_get_private(CURL *easy) {
  char *value = 0;
  return ccurl_variadic.easy_getinfo(easy, CURLINFO_PRIVATE, &value) ? 0 : value;
}

static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return ccurl_variadic.multi_setopt(multi, option, value);
}

/// The result of a CURLMSG_DONE message; a union in C.
static inline CURLcode ccurl_result(const CURLMsg *message) { return message->data.result; }

// glibc declares it only with _GNU_SOURCE, which Swift's Glibc module does not set.
#ifdef __linux__
#include <pthread.h>
extern int pthread_setname_np(pthread_t thread, const char *name);
static inline void ccurl_name_this_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
#else
static inline void ccurl_name_this_thread(const char *name) { (void)name; }
#endif

#endif
