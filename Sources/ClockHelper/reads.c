// Reads of the wall clock by system calls that bypass the vDSO.

#include "clock.h"
#include "memory.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

bool is_read(const struct call *call) {
#ifdef SYS_time
  if (call->number == SYS_time) return true;
#endif
  return call->number == SYS_clock_gettime || call->number == SYS_gettimeofday;
}

/// Writes a result; a program that gave a wrong address gets the kernel's error.
static int64_t put(const struct call *call, uint64_t address, const void *bytes, size_t size) {
  return -memory_copy_to(call->tid, address, bytes, size);
}

bool carry_out_read(const struct call *call, int64_t *result) {
  const struct mappings *mappings = mappings_of(call->tid);
  if (!mappings || !mappings->is_covered) return false;
  if (call->number == SYS_clock_gettime && (int)call->arguments[0] == CLOCK_REALTIME_ALARM) {
    // The kernel refuses this clock on a machine that cannot wake up by it. No stub reads it.
    if (machine_time(CLOCK_REALTIME_ALARM) < 0) return false;
  } else if (call->pc >= mappings->vdso_start && call->pc < mappings->vdso_end) {
    // The kernel's own function makes the call if the clock source has no other way; the stub adds the offset.
    return false;
  }
  int64_t now = shown_time(), second = now / NANOSECONDS;
  *result = 0;
  if (call->number == SYS_clock_gettime) {
    struct timespec time = {second, now % NANOSECONDS};
    *result = put(call, call->arguments[1], &time, sizeof time);
  } else if (call->number == SYS_gettimeofday) {
    struct timeval time = {second, now % NANOSECONDS / 1000};
    // The kernel has its own zone since 1992; nobody sets it.
    struct timezone zone = {0, 0};
    if (call->arguments[0]) *result = put(call, call->arguments[0], &time, sizeof time);
    if (!*result && call->arguments[1]) *result = put(call, call->arguments[1], &zone, sizeof zone);
  } else {
    if (call->arguments[0]) *result = put(call, call->arguments[0], &second, sizeof second);
    if (!*result) *result = second;
  }
  // Not allowed to write there: the program is protected from the helper.
  return *result != -EPERM && *result != -ESRCH;
}
