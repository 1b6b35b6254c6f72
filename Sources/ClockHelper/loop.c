// Serves the program until its last descendant has ended: stops, ends, notifications, and signals to forward.

#include "clock.h"
#include "memory.h"
#include "registers.h"
#include "stops.h"
#include "tasks.h"
#include "waits.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "signals.h"

void process_ended(pid_t tid, int status) {
  task_remove(tid);
  mappings_changed(tid);
  if (tid != helper.first) return;
  helper.first_ended = true;
  helper.first_status = status;
}

/// Lets a thread run on, with this signal: not traced in the mode notify.
static void release(pid_t tid, int signal) {
  task_remove(tid);
  ptrace(helper.mode == MODE_STAY ? PTRACE_CONT : PTRACE_DETACH, tid, NULL, (void *)(long)signal);
}

/// A program has replaced another.
static void stopped_at_exec(pid_t tid) {
  unsigned long former = 0;
  // An exec by another thread than the first ends all threads, and takes the id of the first.
  if (ptrace(PTRACE_GETEVENTMSG, tid, NULL, &former) == 0 && former) task_remove((pid_t)former);
  task_remove(tid);
  report_program(tid, take_over(tid));
  if (tid == helper.first) helper.first_runs = true;
  // If others have stopped the program meanwhile, this stop shows it; without a tracer it remains stopped by itself.
  if (helper.mode == MODE_STAY) ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
  release(tid, 0);
}

static void stopped_by_interrupt(pid_t tid, int signal) {
  struct task *task = task_find(tid);
  if (task && task->state == TASK_INTERRUPTED) {
    if (!wait_repeat(task)) release(tid, 0);
    return;
  }
  // The translated call has not begun: its arguments are those of the program again.
  if (task && task->state == TASK_REPEATED) wait_take_back(&task->call);
  if (helper.mode == MODE_STAY && signal != SIGTRAP)
    // All its threads are stopped by a signal, and remain so until SIGCONT.
    ptrace(PTRACE_LISTEN, tid, NULL, NULL);
  else
    release(tid, 0);
}

static void stopped_at_call(pid_t tid) {
  struct task *task = task_find(tid);
  if (task && task->state == TASK_REPEATED) {
    task->state = TASK_WAITING;
    ptrace(PTRACE_SYSCALL, tid, NULL, NULL);
    return;
  }
  if (task && task->state == TASK_WAITING) wait_finish(&task->call);
  release(tid, 0);
}

/// The mode stay: the filter has found a call.
static void stopped_by_filter(pid_t tid) {
  registers all;
  size_t size = read_registers(tid, &all);
  if (!size || !is_64_bit(&all, size)) return release(tid, 0);
  struct call call = {.tid = tid, .number = number_of(&all), .pc = pc_of(&all)};
  for (int index = 0; index < 6; index++) call.arguments[index] = argument_of(&all, index);
  int64_t result;
  if (tid == helper.first && !helper.first_runs) {
    helper.direct = true;
  } else if (is_read(&call)) {
    if (carry_out_read(&call, &result) && skip_call(tid)) {
      set_result(&all, (uint64_t)result);
      write_registers(tid, &all);
    }
  } else if (is_wait(&call) && wait_change(&call)) {
    struct task *task = task_add(tid, TASK_WAITING);
    if (!task) cannot("there is no memory");
    task->call = call;
    ptrace(PTRACE_SYSCALL, tid, NULL, NULL);
    return;
  }
  release(tid, 0);
}

static void stopped_by_signal(pid_t tid, int signal) {
  struct task *task = task_find(tid);
  if (task && task->state == TASK_REPEATED) wait_take_back(&task->call);
  // An exec continues until its own stop.
  if (task && task->state == TASK_EXEC)
    ptrace(PTRACE_CONT, tid, NULL, (void *)(long)signal);
  else
    release(tid, signal);
}

static void stopped(pid_t tid, int status) {
  int signal = WSTOPSIG(status), event = status >> 16;
  switch (event) {
  case 0:
    if (signal == (SIGTRAP | 0x80)) return stopped_at_call(tid);
    return stopped_by_signal(tid, signal);
  case PTRACE_EVENT_EXEC: return stopped_at_exec(tid);
  case PTRACE_EVENT_STOP: return stopped_by_interrupt(tid, signal);
  case PTRACE_EVENT_SECCOMP: return stopped_by_filter(tid);
  default: return release(tid, 0);
  }
}

/// Takes all stops and ends. Returns false once there is no descendant any more.
static bool take_changes(void) {
  for (;;) {
    int status;
    pid_t tid = waitpid(-1, &status, WNOHANG | __WALL);
    if (tid == 0) return true;
    if (tid < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    if (WIFSTOPPED(status))
      stopped(tid, status);
    else
      process_ended(tid, status);
  }
}

void serve(void) {
  struct pollfd waiting[2] = {{.fd = signals_open(), .events = POLLIN}, {.fd = helper.listener, .events = POLLIN}};
  for (;;) {
    notify_deferred();
    if (!take_changes()) return;
    if (poll(waiting, 2, -1) < 0) {
      if (errno == EINTR) continue;
      cannot("the wait for the program failed");
    }
    if (waiting[0].revents & POLLIN) signals_take(waiting[0].fd);
    if (waiting[1].revents & POLLIN) notify_next();
    // No process has the filter any more; what is left is reaped.
    if (waiting[1].revents & (POLLHUP | POLLERR | POLLNVAL)) waiting[1].fd = -1;
  }
}
