// A name server that never answers, for a program into which this is loaded first: the lookup of a name below `.slow.invalid` does not end.

#define _GNU_SOURCE
#include "SlowResolver.h"

#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

typedef int lookup(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static int is_slow(const char *name) {
  static const char suffix[] = ".slow.invalid";
  size_t length = name ? strlen(name) : 0;
  return length >= sizeof suffix && strcmp(name + length - (sizeof suffix - 1), suffix) == 0;
}

int getaddrinfo(const char *restrict name, const char *restrict service, const struct addrinfo *restrict hints, struct addrinfo **restrict result) {
  while (is_slow(name)) pause();
  lookup *found = (lookup *)dlsym(RTLD_NEXT, "getaddrinfo");
  return found ? found(name, service, hints, result) : EAI_SYSTEM;
}
