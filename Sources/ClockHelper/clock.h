// conform-clock starts a program and gives it, and every program that it starts, a simulated wall clock.
//
// At each exec the new program gets a second vDSO: a copy of the kernel's in which the functions that read the wall
// clock are replaced. The time comes from a file that the program maps; conform writes that file. Calls that bypass the
// vDSO are found by a seccomp filter. The program is not traced while it runs, unless the helper must stay attached.

#ifndef CONFORM_CLOCK_H
#define CONFORM_CLOCK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../ClockShim/include/ClockShim.h"

#define NANOSECONDS 1000000000ll

/// The exit status where the clock of the program cannot be simulated.
#define STATUS_CANNOT 125

/// The upper half of an argument of which the kernel reads only the lower half: the filter lets such a call through.
#define MARK 0x434c4b21u

/// The address in the clock read by which a program fetches the descriptor of the clock's file.
#define FETCH_ADDRESS 8

enum mode {
  /// Attached at an exec only; other calls are notified by the filter.
  MODE_NOTIFY,
  /// Attached all the time: for kernels and places without notifications.
  MODE_STAY,
};

/// A system call of the program that the filter found.
struct call {
  pid_t tid;
  int number;
  uint64_t arguments[6];
  /// The address behind the instruction of the call.
  uint64_t pc;
};

/// What the helper needs to know everywhere.
struct helper {
  enum mode mode;
  /// The clock's file: its absolute path, a descriptor, and its mapping.
  char path[4096];
  int file;
  const struct conform_clock_cells *cells;
  /// The filter's listener, in the mode notify; else -1.
  int listener;
  /// The kernel's vDSO makes a system call to read the wall clock: its clock source cannot be read otherwise.
  bool direct;
  /// The program that was named on the command line.
  pid_t first;
  bool first_runs, first_ended;
  int first_status;
  /// The sender of signals reaches the whole process group: they are not forwarded.
  bool grouped;
};

extern struct helper helper;

// report.c
/// Prints a line on standard error, with the name of the helper in front.
__attribute__((format(printf, 1, 2))) void report(const char *format, ...);
/// Prints a line about a program once.
void report_once(const char *name, const char *text);
/// Reports that a program stays on the machine's time.
void report_stays(const char *name, const char *reason);
/// Reports what conform has to know about a program that has just started.
///
/// - reason: Why it stays on the machine's time, or NULL.
void report_program(pid_t tid, const char *reason);
/// Ends the helper and the program with the status 125.
__attribute__((noreturn, format(printf, 1, 2))) void cannot(const char *format, ...);

// cells.c
/// Opens and maps the clock's file; returns the reason where that fails, else NULL.
const char *cells_open(const char *path);
/// The time that the program sees, in nanoseconds since 1970.
int64_t shown_time(void);
/// What a wall clock of the machine shows, past the filter of an outer helper; -1 if the machine does not have it.
int64_t machine_time(int clock);

// filter.c
/// Installs the filter in this process: returns the listener (mode notify) or 0, or -1 with errno.
int filter_install(enum mode mode);

// start.c
/// Starts the program under the filter. Chooses the other mode if `fixed` is false and this one is refused.
///
/// - keeps_output: The helper itself writes to standard output later.
void start_program(char *const *arguments, bool fixed, bool keeps_output);

// loop.c
/// Serves the program until its last descendant has ended.
void serve(void);

// notify.c
/// Takes one notification from the listener, and carries it out.
void notify_next(void);
/// Carries out the notifications that arrived during a take-over.
void notify_deferred(void);
/// Waits for the notification of this thread's fetch, and responds with the descriptor of the clock's file. Returns at
/// once if the thread has ended or stopped instead.
void notify_give_file(pid_t tid);

// attach.c
/// Gives the program, stopped behind an exec, the second vDSO, and leaves its registers unchanged.
///
/// Returns NULL, or the reason why the program stays on the machine's time.
const char *take_over(pid_t tid);

// reads.c
/// Whether the call reads the wall clock.
bool is_read(const struct call *call);
/// Carries the read out: writes the time into the program. Returns false if the kernel has to do it.
bool carry_out_read(const struct call *call, int64_t *result);

// check.c
/// Compares the clock of this process, which the helper has started, with the clock's file.
int compare_clock(const char *path);

#endif
