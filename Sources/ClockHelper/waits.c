// Waits until an instant: the kernel knows the machine's clock only, so it gets a translated deadline.
//
// The deadline in the memory of the program must not change, since the program may read it again. The translated copy
// is below the stack of the thread while the call runs. A deadline is translated once, at the start of its wait.

#include "waits.h"

#include "memory.h"
#include "registers.h"

#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

/// The arguments of a wait.
struct wait {
  /// The address of the deadline, and the argument of which the upper half is free for the mark. Not the first one:
  /// arm64 gives it back as it was at the start of the call, if a signal makes the program repeat that.
  int deadline, mark;
  /// The size of the value there, and the place of the instant in it.
  size_t size, at;
};

static const struct wait *wait_of(int number) {
  static const struct wait futex = {3, 1, 16, 0}, sleep = {2, 1, 16, 0}, timer = {2, 1, 32, 16}, queue = {4, 5, 16, 0};
  switch (number) {
  case SYS_futex:
  case SYS_futex_waitv: return &futex;
  case SYS_clock_nanosleep: return &sleep;
  case SYS_timerfd_settime:
  case SYS_timer_settime: return &timer;
  case SYS_mq_timedsend:
  case SYS_mq_timedreceive: return &queue;
  default: return NULL;
  }
}

static bool is_wall_clock(int clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_TAI || clock == CLOCK_REALTIME_ALARM;
}

/// The clock of a timer of the program, as /proc shows it; -1 if that does not.
static int clock_of_timer(const struct call *call) {
  char path[64], line[256];
  bool is_file = call->number == SYS_timerfd_settime;
  int wanted = (int)call->arguments[0], current = -1, clock = -1;
  if (is_file)
    snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)call->tid, wanted);
  else
    snprintf(path, sizeof path, "/proc/%d/timers", (int)call->tid);
  FILE *file = fopen(path, "re");
  if (!file) return -1;
  while (clock < 0 && fgets(line, sizeof line, file)) {
    int number;
    if (sscanf(line, "ID: %d", &number) == 1) current = number;
    if ((is_file && sscanf(line, "clockid: %d", &number) == 1) ||
        (!is_file && current == wanted && sscanf(line, "ClockID: %d", &number) == 1))
      clock = number;
  }
  fclose(file);
  return clock;
}

/// The clock by which a call waits.
static int clock_of(const struct call *call) {
  switch (call->number) {
  case SYS_clock_nanosleep: return (int)call->arguments[0];
  case SYS_timerfd_settime:
  case SYS_timer_settime: return clock_of_timer(call);
  default: return CLOCK_REALTIME;
  }
}

/// Reads the deadline of a call, and translates it. Returns false if the kernel understands it as it is.
static bool translate(const struct call *call, const struct wait *wait, unsigned char value[32]) {
  int clock = clock_of(call);
  if (!is_wall_clock(clock)) return false;
  struct timespec instant;
  if (memory_copy_from(call->tid, call->arguments[wait->deadline], value, wait->size) != 0) return false;
  memcpy(&instant, value + wait->at, sizeof instant);
  int64_t until;
  // Zero stops a timer; the kernel refuses wrong values; and beyond the numbers here, nothing is ever reached.
  if (instant.tv_nsec < 0 || instant.tv_nsec >= NANOSECONDS || instant.tv_sec < 0 ||
      (!instant.tv_sec && !instant.tv_nsec) || __builtin_mul_overflow(instant.tv_sec, NANOSECONDS, &until) ||
      __builtin_add_overflow(until, instant.tv_nsec, &until))
    return false;
  // All wall clocks of the program show UTC; the machine's CLOCK_TAI may not.
  int64_t machine = clock == CLOCK_TAI ? machine_time(clock) : machine_time(CLOCK_REALTIME);
  int64_t rest = until - shown_time(), translated;
  if (__builtin_add_overflow(machine, rest > 0 ? rest : 0, &translated) || translated == until) return false;
  instant = (struct timespec){translated / NANOSECONDS, translated % NANOSECONDS};
  memcpy(value + wait->at, &instant, sizeof instant);
  return true;
}

bool is_wait(const struct call *call) {
  const struct wait *wait = wait_of(call->number);
  const struct mappings *mappings = wait ? mappings_of(call->tid) : NULL;
  unsigned char value[32];
  return mappings && mappings->is_covered && translate(call, wait, value);
}

/// Sets the arguments of a call, with the translated deadline in them or as the program gave them.
static bool set_arguments(const struct call *call, registers *all, bool translated) {
  const struct wait *wait = wait_of(call->number);
  unsigned char value[32];
  for (int index = 0; index < 6; index++) set_argument(all, index, call->arguments[index]);
  if (!translated || !wait || !translate(call, wait, value)) return true;
  // Below the part of the stack that a function may use without moving the pointer.
  uint64_t address = (stack_of(all) - 128 - sizeof value) & ~15ull;
  if (memory_copy_to(call->tid, address, value, wait->size) != 0) return false;
  set_argument(all, wait->deadline, address);
  set_argument(all, wait->mark, (call->arguments[wait->mark] & 0xffffffff) | (uint64_t)MARK << 32);
  return true;
}

bool wait_repeat(struct task *task) {
  registers all;
  if (!read_registers(task->tid, &all)) return false;
  // A signal may have ended the call before the helper was attached: the thread is in its handler then.
  uint64_t pc = pc_of(&all);
  if (pc != task->call.pc && pc != task->call.pc - CALL_LENGTH) return false;
  set_call(&all, task->call.pc - CALL_LENGTH, task->call.number);
  // Where the copy cannot be written, the wait is made as it was.
  set_arguments(&task->call, &all, true);
  write_registers(task->tid, &all);
  task->state = TASK_REPEATED;
  ptrace(PTRACE_SYSCALL, task->tid, NULL, NULL);
  return true;
}

bool wait_change(const struct call *call) {
  registers all;
  return read_registers(call->tid, &all) && set_arguments(call, &all, true) && write_registers(call->tid, &all);
}

void wait_finish(const struct call *call) {
  registers all;
  if (!read_registers(call->tid, &all)) return;
  uint64_t result = result_of(&all);
  set_arguments(call, &all, false);
#if defined(__aarch64__)
  // The first argument and the result are in one register.
  set_argument(&all, 0, result);
#else
  (void)result;
#endif
  write_registers(call->tid, &all);
}

void wait_take_back(const struct call *call) {
  registers all;
  if (!read_registers(call->tid, &all)) return;
  set_call(&all, call->pc - CALL_LENGTH, call->number);
  set_arguments(call, &all, false);
  write_registers(call->tid, &all);
}
