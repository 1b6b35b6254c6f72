// Waits for the stops of one thread.

#include "stops.h"

#include "clock.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

/// The thread whose end was found last, until it is waited for again.
static pid_t ended;

bool thread_has_ended(pid_t tid) { return ended == tid; }

/// Waits for the next stop. Returns false once the thread is gone.
static bool wait_for_stop(pid_t tid, int *status) {
  pid_t found;
  ended = 0;
  do found = waitpid(tid, status, __WALL);
  while (found < 0 && errno == EINTR);
  if (found == tid && WIFSTOPPED(*status)) return true;
  ended = tid;
  if (found != tid) return false;
  process_ended(tid, *status);
  return false;
}

static bool is_call(int status) { return WSTOPSIG(status) == (SIGTRAP | 0x80); }
static bool is_interrupt(int status) { return status >> 16 == PTRACE_EVENT_STOP; }
/// The signal that is about to reach the thread, or 0.
static int signal_of(int status) { return status >> 16 || is_call(status) ? 0 : WSTOPSIG(status); }

bool wait_for_interrupt(pid_t tid) {
  int status;
  // An event of an exec by another thread's id may come first; signals are blocked or wait.
  for (int attempt = 0; attempt < 16; attempt++) {
    if (!wait_for_stop(tid, &status)) return false;
    if (is_interrupt(status)) return true;
    if (ptrace(PTRACE_CONT, tid, NULL, (void *)(long)signal_of(status)) != 0) return false;
  }
  return false;
}

bool wait_for_call(pid_t tid) {
  int status;
  for (int attempt = 0; attempt < 16; attempt++) {
    if (!wait_for_stop(tid, &status)) return false;
    if (is_call(status)) return true;
    // A second interrupt, or the filter's event of the mode stay, comes before the call. The program gets SIGSTOP,
    // which cannot be blocked: it is stopped for others, runs on for the helper, and remains stopped once that lets
    // it go.
    if (ptrace(PTRACE_SYSCALL, tid, NULL, (void *)(long)signal_of(status)) != 0) return false;
  }
  return false;
}

bool resume_to_call(pid_t tid) { return ptrace(PTRACE_SYSCALL, tid, NULL, NULL) == 0 && wait_for_call(tid); }
