// The filter of system calls: it finds execs, reads of the wall clock that bypass the vDSO, and waits until an instant.
//
// All other calls are allowed. The filter is inherited by everything that the program starts.

#include "clock.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define LOWER(index) ((unsigned)offsetof(struct seccomp_data, args) + 8 * (index))
#define UPPER(index) (LOWER(index) + 4)

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define MASK(bits) BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits)
/// Skips instructions if the value is, or is not, equal to this one.
#define IF_EQUAL_SKIP(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, count, 0)
#define UNLESS_EQUAL_SKIP(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count)
#define UNLESS_SET_SKIP(bits, count) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, count)
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)
#define ALLOW RETURN(SECCOMP_RET_ALLOW)

/// FUTEX_LOCK_PI2 of Linux 5.14.
#define LOCK_PI2 13

static int install(struct sock_filter *code, size_t count, enum mode mode) {
  struct sock_fprog program = {.len = (unsigned short)count, .filter = code};
  // Without SPEC_ALLOW, older kernels slow the whole program down.
  unsigned long flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  if (mode == MODE_STAY) return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
  flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
  // Without the flag of Linux 5.19, signals break into notified calls, which are then made again.
  int listener =
      (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
  if (listener >= 0 || errno != EINVAL) return listener;
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

int filter_install(enum mode mode) {
  unsigned found = mode == MODE_NOTIFY ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_TRACE;
  // In the mode stay, an exec is reported by ptrace.
  unsigned exec = mode == MODE_NOTIFY ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ALLOW;
  struct sock_filter code[] = {
      LOAD(offsetof(struct seccomp_data, arch)), IF_EQUAL_SKIP(ARCHITECTURE, 1), ALLOW,
      LOAD(offsetof(struct seccomp_data, nr)),

      // The most frequent one first: futex waits with a deadline on the wall clock. A wait without a deadline is allowed.
      UNLESS_EQUAL_SKIP(SYS_futex, 20),
      LOAD(LOWER(3)), UNLESS_EQUAL_SKIP(0, 3), LOAD(UPPER(3)), UNLESS_EQUAL_SKIP(0, 1), ALLOW,
      LOAD(UPPER(1)), UNLESS_EQUAL_SKIP(MARK, 1), ALLOW,
      LOAD(LOWER(1)), MASK(FUTEX_CMD_MASK), UNLESS_EQUAL_SKIP(FUTEX_LOCK_PI, 1), RETURN(found),
      IF_EQUAL_SKIP(FUTEX_WAIT_BITSET, 3), IF_EQUAL_SKIP(FUTEX_WAIT_REQUEUE_PI, 2), IF_EQUAL_SKIP(LOCK_PI2, 1), ALLOW,
      LOAD(LOWER(1)), UNLESS_SET_SKIP(FUTEX_CLOCK_REALTIME, 1), RETURN(found), ALLOW,

      UNLESS_EQUAL_SKIP(SYS_clock_gettime, 10),
      LOAD(UPPER(0)), UNLESS_EQUAL_SKIP(MARK, 1), ALLOW,
      LOAD(LOWER(0)), IF_EQUAL_SKIP(CLOCK_REALTIME, 4), IF_EQUAL_SKIP(CLOCK_REALTIME_COARSE, 3),
      IF_EQUAL_SKIP(CLOCK_TAI, 2), IF_EQUAL_SKIP(CLOCK_REALTIME_ALARM, 1), ALLOW, RETURN(found),

      UNLESS_EQUAL_SKIP(SYS_execve, 1), RETURN(exec),
      UNLESS_EQUAL_SKIP(SYS_execveat, 1), RETURN(exec),
      UNLESS_EQUAL_SKIP(SYS_gettimeofday, 1), RETURN(found),
#ifdef SYS_time
      UNLESS_EQUAL_SKIP(SYS_time, 1), RETURN(found),
#endif

      UNLESS_EQUAL_SKIP(SYS_clock_nanosleep, 12),
      LOAD(UPPER(1)), UNLESS_EQUAL_SKIP(MARK, 1), ALLOW,
      LOAD(LOWER(0)), IF_EQUAL_SKIP(CLOCK_REALTIME, 3), IF_EQUAL_SKIP(CLOCK_TAI, 2),
      IF_EQUAL_SKIP(CLOCK_REALTIME_ALARM, 1), ALLOW,
      LOAD(LOWER(1)), UNLESS_SET_SKIP(TIMER_ABSTIME, 1), RETURN(found), ALLOW,

      // The flags of both are the second argument, and the bit for an instant is the same.
      IF_EQUAL_SKIP(SYS_timerfd_settime, 1), UNLESS_EQUAL_SKIP(SYS_timer_settime, 7),
      LOAD(UPPER(1)), UNLESS_EQUAL_SKIP(MARK, 1), ALLOW,
      LOAD(LOWER(1)), UNLESS_SET_SKIP(TIMER_ABSTIME, 1), RETURN(found), ALLOW,

      IF_EQUAL_SKIP(SYS_mq_timedsend, 1), UNLESS_EQUAL_SKIP(SYS_mq_timedreceive, 9),
      LOAD(UPPER(5)), UNLESS_EQUAL_SKIP(MARK, 1), ALLOW,
      LOAD(LOWER(4)), UNLESS_EQUAL_SKIP(0, 3), LOAD(UPPER(4)), UNLESS_EQUAL_SKIP(0, 1), ALLOW, RETURN(found),

#ifdef SYS_futex_waitv
      UNLESS_EQUAL_SKIP(SYS_futex_waitv, 12),
      LOAD(UPPER(1)), UNLESS_EQUAL_SKIP(MARK, 1), ALLOW,
      LOAD(LOWER(4)), IF_EQUAL_SKIP(CLOCK_REALTIME, 1), ALLOW,
      LOAD(LOWER(3)), UNLESS_EQUAL_SKIP(0, 3), LOAD(UPPER(3)), UNLESS_EQUAL_SKIP(0, 1), ALLOW, RETURN(found),
#endif
      ALLOW,
  };
  return install(code, sizeof code / sizeof *code, mode);
}
