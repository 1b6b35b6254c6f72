// Lines on standard error. conform reads them: see ClockReports in its module Processes.

#include "clock.h"
#include "go.h"
#include "signals.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// One write, so that lines of the program do not come between.
static void print(const char *format, va_list values) {
  char line[PATH_MAX + 512];
  int length = snprintf(line, sizeof line, "conform-clock: ");
  int more = vsnprintf(line + length, sizeof line - (size_t)length - 1, format, values);
  if (more < 0) return;
  length += more;
  if (length > (int)sizeof line - 2) length = (int)sizeof line - 2;
  line[length++] = '\n';
  if (write(STDERR_FILENO, line, (size_t)length) < 0) return;
}

void report(const char *format, ...) {
  va_list values;
  va_start(values, format);
  print(format, values);
  va_end(values);
}

void cannot(const char *format, ...) {
  va_list values;
  va_start(values, format);
  print(format, values);
  va_end(values);
  // With only a part of its calls simulated, the program must not run.
  if (helper.first > 0 && !helper.first_ended) kill(helper.first, SIGKILL);
  exit(STATUS_CANNOT);
}

enum { MAX_REPORTS = 256 };

void report_once(const char *name, const char *text) {
  static char *known[MAX_REPORTS];
  char line[PATH_MAX + 256];
  snprintf(line, sizeof line, "%s %s", name, text);
  // A line stays one line, whatever the name contains.
  for (char *place = line; *place; place++)
    if ((unsigned char)*place < ' ' || *place == 127) *place = '?';
  for (int index = 0; index < MAX_REPORTS; index++) {
    if (!known[index]) {
      known[index] = strdup(line);
      report("%s", line);
      return;
    }
    if (strcmp(known[index], line) == 0) return;
  }
  // Rather twice than not at all.
  report("%s", line);
}

void report_stays(const char *name, const char *reason) {
  char text[256];
  snprintf(text, sizeof text, "stays on the machine's time: %s", reason);
  report_once(name, text);
}

void report_program(pid_t tid, const char *reason) {
  char path[64], folder[64], name[PATH_MAX];
  struct stat process;
  snprintf(path, sizeof path, "/proc/%d/exe", (int)tid);
  ssize_t length = readlink(path, name, sizeof name - 1);
  if (length < 0) length = snprintf(name, sizeof name, "process %d", (int)tid);
  name[length] = 0;
  if (reason) report_stays(name, reason);
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (file >= 0 && is_go_program(file)) report_once(name, "is a Go program");
  if (file >= 0) close(file);
  snprintf(folder, sizeof folder, "/proc/%d", (int)tid);
  if (stat(folder, &process) != 0) return;
  enum rights lost = rights_lost(path, tid, process.st_uid, process.st_gid);
  if (lost)
    report_once(name, lost == RIGHTS_OF_FILE ? "runs without its file capabilities"
                                             : "runs without the rights of its owner");
}
