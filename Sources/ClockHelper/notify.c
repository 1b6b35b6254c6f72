// The mode notify: the filter's notifications, one after the other.

#include "clock.h"
#include "memory.h"
#include "tasks.h"
#include "waits.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SECCOMP_ADDFD_FLAG_SEND
#define SECCOMP_ADDFD_FLAG_SEND (1UL << 1)
#endif

struct notification {
  uint64_t id;
  struct call call;
};

/// Those that arrived while the helper waited for another.
static struct notification *deferred;
static size_t deferred_count, deferred_capacity;

static bool receive(struct notification *notification) {
  // The kernel may know a longer form; it wants it empty.
  union {
    struct seccomp_notif notif;
    unsigned char bytes[512];
  } place;
  memset(&place, 0, sizeof place);
  if (ioctl(helper.listener, SECCOMP_IOCTL_NOTIF_RECV, &place) != 0) return false;
  const struct seccomp_data *data = &place.notif.data;
  notification->id = place.notif.id;
  notification->call =
      (struct call){.tid = (pid_t)place.notif.pid, .number = data->nr, .pc = data->instruction_pointer};
  memcpy(notification->call.arguments, data->args, sizeof data->args);
  return true;
}

static void respond(uint64_t id, int64_t value, int error, uint32_t flags) {
  union {
    struct seccomp_notif_resp response;
    unsigned char bytes[512];
  } place;
  memset(&place, 0, sizeof place);
  place.response = (struct seccomp_notif_resp){.id = id, .val = value, .error = error, .flags = flags};
  // A thread that was killed meanwhile needs no response.
  ioctl(helper.listener, SECCOMP_IOCTL_NOTIF_SEND, &place);
}

static void allow(uint64_t id) { respond(id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE); }

/// Whether the thread still waits for the response.
static bool is_valid(const struct notification *notification) {
  uint64_t id = notification->id;
  return ioctl(helper.listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

/// Attaches to the thread of a notification, for a call.
static struct task *attach(const struct notification *notification, enum task_state state, long options) {
  if (!is_valid(notification)) return NULL;
  long always = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SEIZE, notification->call.tid, NULL, (void *)(options | always)) != 0) return NULL;
  if (!is_valid(notification)) {
    // A signal has ended the call, or the id belongs to another thread by now: it is let go at its next stop.
    ptrace(PTRACE_INTERRUPT, notification->call.tid, NULL, NULL);
    errno = ESRCH;
    return NULL;
  }
  struct task *task = task_add(notification->call.tid, state);
  if (!task) cannot("there is no memory");
  task->call = notification->call;
  return task;
}

/// A program that cannot be attached to: its name is the argument of its exec.
static void report_refused(const struct call *call) {
  char name[4096] = "";
  // Up to the end of the page, since the next one may not be mapped.
  uint64_t address = call->arguments[call->number == SYS_execveat ? 1 : 0];
  size_t most = 4096 - address % 4096;
  if (memory_copy_from(call->tid, address, name, most - 1) != 0 || !name[0])
    snprintf(name, sizeof name, "process %d", (int)call->tid);
  report_stays(name, "another program traces it, or it is protected");
}

/// An exec: the helper attaches, lets it happen, and stops the thread behind it.
static void notify_exec(const struct notification *notification) {
  pid_t tid = notification->call.tid;
  // After a failed exec, the next try of a search may come before the stop behind the first was seen.
  bool is_attached = task_find(tid) || attach(notification, TASK_EXEC, PTRACE_O_TRACEEXEC);
  if (!is_attached && errno == EPERM && tid == helper.first && !helper.first_runs)
    cannot("cannot attach to the program (kernel.yama.ptrace_scope above 1, or ptrace is forbidden here)");
  if (!is_attached && errno == EPERM) report_refused(&notification->call);
  allow(notification->id);
  if (is_attached) ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
}

static void notify_wait(const struct notification *notification) {
  if (!is_wait(&notification->call) || !attach(notification, TASK_INTERRUPTED, 0)) {
    allow(notification->id);
    return;
  }
  // The interrupt is pending before the call ends, so that the program never sees its error.
  ptrace(PTRACE_INTERRUPT, notification->call.tid, NULL, NULL);
  respond(notification->id, 0, -EINTR, 0);
}

static void carry_out(const struct notification *notification) {
  const struct call *call = &notification->call;
  int64_t result;
  if (call->number == SYS_execve || call->number == SYS_execveat) {
    notify_exec(notification);
  } else if (!is_read(call)) {
    notify_wait(notification);
  } else if (call->tid == helper.first && !helper.first_runs) {
    // The child reads the clock once before its exec, through the kernel's vDSO.
    helper.direct = true;
    allow(notification->id);
  } else if (is_valid(notification) && carry_out_read(call, &result)) {
    respond(notification->id, result > 0 ? result : 0, result < 0 ? (int)result : 0, 0);
  } else {
    allow(notification->id);
  }
}

void notify_next(void) {
  struct notification next;
  if (receive(&next)) carry_out(&next);
}

void notify_deferred(void) {
  // A take-over may defer more.
  while (deferred_count) {
    struct notification next = deferred[0];
    memmove(deferred, deferred + 1, --deferred_count * sizeof *deferred);
    carry_out(&next);
  }
}

static void defer(const struct notification *notification) {
  if (deferred_count == deferred_capacity) {
    size_t more = deferred_capacity ? deferred_capacity * 2 : 16;
    struct notification *larger = reallocarray(deferred, more, sizeof *deferred);
    if (!larger) cannot("there is no memory");
    deferred = larger;
    deferred_capacity = more;
  }
  deferred[deferred_count++] = *notification;
}

void notify_give_file(pid_t tid) {
  struct notification next;
  for (;;) {
    struct pollfd waiting = {.fd = helper.listener, .events = POLLIN};
    int ready = poll(&waiting, 1, 50);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) cannot("the wait for the program failed");
    if (ready == 0) {
      // It may only be slow. It was killed, or an outer filter has taken the call, if it has ended or stopped.
      siginfo_t info = {0};
      int options = WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL;
      if (waitid(P_PID, (id_t)tid, &info, options) != 0 || info.si_pid) return;
      continue;
    }
    if (!receive(&next)) continue;
    if (next.call.tid == tid) break;
    defer(&next);
  }
  struct seccomp_notif_addfd add = {
      .id = next.id, .flags = SECCOMP_ADDFD_FLAG_SEND, .srcfd = (uint32_t)helper.file, .newfd_flags = 02000000};
  if (ioctl(helper.listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0) return;
  // Before Linux 5.14, the response is sent apart.
  add.flags = 0;
  int file = ioctl(helper.listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
  respond(next.id, file >= 0 ? file : 0, file >= 0 ? 0 : -EPERM, 0);
}
