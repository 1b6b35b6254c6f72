// Compares the clock that a process sees with the clock's file, to prove that the helper works in this place.

#include "clock.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/// Far less than an advance of a clock, and more than a slow machine needs between two lines.
static const int64_t most = 5 * NANOSECONDS;

static bool is_shown(int64_t seconds, int64_t nanoseconds) {
  return llabs(seconds * NANOSECONDS + nanoseconds - shown_time()) < most;
}

int compare_clock(const char *path) {
  const char *reason = cells_open(path);
  if (reason) cannot("%s", reason);
  struct timespec by_library = {0, 0}, by_call = {0, 0};
  struct timeval of_day = {0, 0};
  clock_gettime(CLOCK_REALTIME, &by_library);
  gettimeofday(&of_day, NULL);
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &by_call);
  if (!is_shown(by_library.tv_sec, by_library.tv_nsec) || !is_shown(of_day.tv_sec, of_day.tv_usec * 1000ll))
    cannot("the clock that a program sees is not the simulated one");
  if (!is_shown(by_call.tv_sec, by_call.tv_nsec)) cannot("the clock that a system call reads is not the simulated one");
  return 0;
}
