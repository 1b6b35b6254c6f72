// Starts the program under the filter.
//
// The child installs the filter, hands the listener over, and waits until the helper is ready. Then it reads the clock
// once, which shows whether the kernel's vDSO makes a system call for that, and runs the program.

#include "clock.h"
#include "signals.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/// What the child sends, with the listener, and what it gets.
enum message { FILTERED = 'f', REFUSED = 'r', GO = 'g', STAY = 's' };

struct report {
  char message;
  int error;
};

static bool send_report(int socket, struct report report, int file) {
  struct iovec bytes = {&report, sizeof report};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1};
  if (file >= 0) {
    message.msg_control = control.space;
    message.msg_controllen = sizeof control.space;
    control.header =
        (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), &file, sizeof file);
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof report;
}

static bool receive_report(int socket, struct report *report, int *file) {
  struct iovec bytes = {report, sizeof *report};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  struct msghdr message = {
      .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
  ssize_t count;
  do count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (count < 0 && errno == EINTR);
  struct cmsghdr *header = count > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  *file = -1;
  if (header && header->cmsg_type == SCM_RIGHTS) memcpy(file, CMSG_DATA(header), sizeof *file);
  return count == (ssize_t)sizeof *report;
}

__attribute__((noreturn)) static void run_child(
    int socket, char *const *arguments, const char *path, const sigset_t *mask, pid_t parent) {
  struct report order;
  int none;
  // The program does not outlive the helper.
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (getppid() != parent || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) _exit(STATUS_CANNOT);
  if (helper.mode == MODE_NOTIFY) {
    int listener = filter_install(MODE_NOTIFY);
    struct report report = {listener >= 0 ? FILTERED : REFUSED, listener >= 0 ? 0 : errno};
    send_report(socket, report, listener);
    if (listener < 0) _exit(STATUS_CANNOT);
    close(listener);
    if (!receive_report(socket, &order, &none) || order.message != GO) _exit(STATUS_CANNOT);
  } else {
    // The helper is attached before the filter is there, since a call that it finds needs a tracer.
    if (!receive_report(socket, &order, &none) || order.message != GO) _exit(STATUS_CANNOT);
    if (filter_install(MODE_STAY) < 0) _exit(STATUS_CANNOT);
  }
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  signals_restore(mask);
  execv(path, arguments);
  int error = errno;
  report("%s cannot be started: %s", arguments[0], strerror(error));
  _exit(error == ENOENT ? 127 : 126);
}

/// Starts the child. Returns NULL, or why this mode cannot be used.
static const char *try_to_start(char *const *arguments, const char *path, const sigset_t *mask) {
  static char reasons[2][256], *reason;
  reason = reasons[helper.mode];
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) cannot("there are no sockets");
  pid_t parent = getpid(), child = fork();
  if (child < 0) cannot("no process can be started: %s", strerror(errno));
  if (child == 0) {
    close(sockets[0]);
    run_child(sockets[1], arguments, path, mask, parent);
  }
  close(sockets[1]);
  helper.first = child;
  struct report report = {0, 0};
  reason[0] = 0;
  if (helper.mode == MODE_NOTIFY) {
    bool is_received = receive_report(sockets[0], &report, &helper.listener);
    // A response to no notification: the kernel knows the request, or it does not (before Linux 5.9).
    struct seccomp_notif_addfd probe = {.id = ~0ull, .srcfd = (uint32_t)helper.file};
    if (!is_received || report.message != FILTERED || helper.listener < 0)
      snprintf(reason, sizeof reasons[0], "%s", report.error == EBUSY ? "another supervisor listens already"
                                               : report.error         ? strerror(report.error)
                                                                      : "the filter is refused");
    else if (ioctl(helper.listener, SECCOMP_IOCTL_NOTIF_ADDFD, &probe) == 0 || errno != ENOENT)
      snprintf(reason, sizeof reasons[0], "the kernel is older than Linux 5.9");
  } else {
    long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
                   PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACESECCOMP;
    if (ptrace(PTRACE_SEIZE, child, NULL, (void *)options) != 0)
      snprintf(reason, sizeof reasons[0],
               "cannot attach to the program (kernel.yama.ptrace_scope above 1, or ptrace is forbidden here)");
  }
  if (!reason[0] && send_report(sockets[0], (struct report){GO, 0}, -1)) {
    close(sockets[0]);
    return NULL;
  }
  close(sockets[0]);
  if (helper.listener >= 0) close(helper.listener);
  helper.listener = -1;
  kill(child, SIGKILL);
  waitpid(child, NULL, __WALL);
  // Its id can belong to another process from now on.
  helper.first = 0;
  return reason[0] ? reason : "the program ended before its start";
}

static bool is_program(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

/// Searches the PATH as a shell does.
static bool find_program(const char *name, char *path, size_t size) {
  if (strchr(name, '/')) return snprintf(path, size, "%s", name) < (int)size;
  const char *places = getenv("PATH");
  if (!places) places = "/usr/local/bin:/usr/bin:/bin";
  for (;;) {
    size_t length = strcspn(places, ":");
    int whole = snprintf(path, size, "%.*s%s%s", (int)length, places, length ? "/" : "", name);
    if (whole > 0 && whole < (int)size && is_program(path)) return true;
    if (!places[length]) return false;
    places += length + 1;
  }
}

/// Whether the numbers in /proc are those by which this process knows others.
static bool has_own_proc(void) {
  char shown[32], own[32];
  ssize_t length = readlink("/proc/self", shown, sizeof shown - 1);
  if (length < 0) return false;
  shown[length] = 0;
  snprintf(own, sizeof own, "%d", (int)getpid());
  return strcmp(shown, own) == 0;
}

/// Closes what belongs to the program alone: its reader sees the end of a pipe when the program closes it, not when the
/// helper ends.
static void release_descriptors(bool keeps_output) {
  int empty = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (empty >= 0) {
    dup2(empty, STDIN_FILENO);
    if (!keeps_output) dup2(empty, STDOUT_FILENO);
  }
  DIR *folder = opendir("/proc/self/fd");
  if (!folder) return;
  for (struct dirent *entry; (entry = readdir(folder));) {
    int file = atoi(entry->d_name);
    if (file > STDERR_FILENO && file != dirfd(folder) && file != helper.file && file != helper.listener) close(file);
  }
  closedir(folder);
}

void start_program(char *const *arguments, bool fixed, bool keeps_output) {
  char path[4096];
  if (!find_program(arguments[0], path, sizeof path)) {
    report("%s cannot be started: %s", arguments[0], strerror(ENOENT));
    exit(127);
  }
  if (!has_own_proc()) cannot("/proc belongs to another PID namespace: mount it anew in this one");
  enum rights lost = rights_lost(path, getpid(), geteuid(), getegid());
  if (lost == RIGHTS_OF_FILE) cannot("%s has file capabilities: it would run without them", path);
  if (lost)
    cannot("%s is set-%s-id: it would run without the rights of its owner", path,
           lost == RIGHTS_OF_OWNER ? "user" : "group");
  sigset_t mask;
  signals_block(&mask);
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const char *reason = NULL;
  // Root without this right cannot attach, at an exec, to a program that has changed its user.
  if (helper.mode == MODE_NOTIFY && !fixed && geteuid() == 0 && !rights_to_trace()) {
    reason = "root has no CAP_SYS_PTRACE";
    helper.mode = MODE_STAY;
  }
  const char *failure = try_to_start(arguments, path, &mask);
  if (failure && helper.mode == MODE_NOTIFY && !fixed) {
    helper.mode = MODE_STAY;
    reason = failure;
    failure = try_to_start(arguments, path, &mask);
  }
  if (failure) cannot("%s", failure);
  if (reason) report("stays attached to the program: %s", reason);
  rights_drop();
  release_descriptors(keeps_output);
}
