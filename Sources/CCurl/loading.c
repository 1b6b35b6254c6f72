// libcurl, loaded when it is needed: it brings thirty libraries with it, and many commands send nothing.
//
// The functions below have the names of libcurl's, and call them.

#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>

// The macros that check the types of arguments have the same names.
#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_multi_setopt

struct ccurl_variadic ccurl_variadic;

static char *failure;
static pthread_once_t once = PTHREAD_ONCE_INIT;

#define FUNCTIONS(FUNCTION) \
  FUNCTION(CURLcode, curl_global_init, (long flags), (flags)) \
  FUNCTION(curl_version_info_data *, curl_version_info, (CURLversion version), (version)) \
  FUNCTION(CURL *, curl_easy_init, (void), ()) \
  FUNCTION(CURL *, curl_easy_duphandle, (CURL * easy), (easy)) \
  FUNCTION(const char *, curl_easy_strerror, (CURLcode code), (code)) \
  FUNCTION(CURLM *, curl_multi_init, (void), ()) \
  FUNCTION(CURLMcode, curl_multi_add_handle, (CURLM * multi, CURL * easy), (multi, easy)) \
  FUNCTION(CURLMcode, curl_multi_remove_handle, (CURLM * multi, CURL * easy), (multi, easy)) \
  FUNCTION(CURLMcode, curl_multi_perform, (CURLM * multi, int *running), (multi, running)) \
  FUNCTION( \
    CURLMcode, curl_multi_poll, \
    (CURLM * multi, struct curl_waitfd others[], unsigned int count, int timeout, int *ready), \
    (multi, others, count, timeout, ready)) \
  FUNCTION(CURLMcode, curl_multi_wakeup, (CURLM * multi), (multi)) \
  FUNCTION(CURLMcode, curl_multi_cleanup, (CURLM * multi), (multi)) \
  FUNCTION(CURLMsg *, curl_multi_info_read, (CURLM * multi, int *left), (multi, left)) \
  FUNCTION(const char *, curl_multi_strerror, (CURLMcode code), (code)) \
  FUNCTION(struct curl_slist *, curl_slist_append, (struct curl_slist * list, const char *text), (list, text)) \
  FUNCTION(CURLU *, curl_url, (void), ()) \
  FUNCTION( \
    CURLUcode, curl_url_set, (CURLU * url, CURLUPart part, const char *text, unsigned int flags), \
    (url, part, text, flags))

#define PROCEDURES(FUNCTION) \
  FUNCTION(void, curl_easy_cleanup, (CURL * easy), (easy)) \
  FUNCTION(void, curl_slist_free_all, (struct curl_slist * list), (list)) \
  FUNCTION(void, curl_url_cleanup, (CURLU * url), (url))

#define POINTER(result, name, parameters, arguments) static result(*name##_pointer) parameters;
FUNCTIONS(POINTER)
PROCEDURES(POINTER)

static void *find(void *library, const char *name) {
  void *function = failure ? 0 : dlsym(library, name);
  if (!function && !failure) failure = strdup(dlerror());
  return function;
}

static void load(void) {
  // the name has been the same since 2006
  void *library = dlopen("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL);
  if (!library) {
    failure = strdup(dlerror());
    return;
  }
#define FIND(result, name, parameters, arguments) name##_pointer = (result(*) parameters)find(library, #name);
  FUNCTIONS(FIND)
  PROCEDURES(FIND)
  ccurl_variadic.easy_setopt = (CURLcode(*)(CURL *, CURLoption, ...))find(library, "curl_easy_setopt");
  ccurl_variadic.easy_getinfo = (CURLcode(*)(CURL *, CURLINFO, ...))find(library, "curl_easy_getinfo");
  ccurl_variadic.multi_setopt = (CURLMcode(*)(CURLM *, CURLMoption, ...))find(library, "curl_multi_setopt");
}

const char *ccurl_load(void) {
  pthread_once(&once, load);
  return failure;
}

#define CALL(result, name, parameters, arguments) \
  result name parameters { return name##_pointer arguments; }
FUNCTIONS(CALL)
#define CALL_PROCEDURE(result, name, parameters, arguments) \
  result name parameters { name##_pointer arguments; }
PROCEDURES(CALL_PROCEDURE)
