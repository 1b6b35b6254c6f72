// conform-clock: runs a program under a simulated wall clock. The arguments, and the exit status.

#include "clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct helper helper = {.mode = MODE_NOTIFY, .file = -1, .listener = -1};

static const char usage[] =
    "conform-clock runs a program, and all that it starts, under the simulated wall clock of a file.\n"
    "\n"
    "Usage: conform-clock --clock FILE [--mode notify|stay] [--group] [--] PROGRAM [ARGUMENT ...]\n"
    "       conform-clock --clock FILE [--mode notify|stay] --check\n"
    "\n"
    "  --clock FILE   The file of the clock, which conform writes.\n"
    "  --mode MODE    notify: attach at an exec only (the default, where the machine allows it);\n"
    "                 stay: remain attached.\n"
    "  --group        Do not forward signals: the sender reaches the whole process group.\n"
    "  --check        Check that clocks can be simulated here, and print the mode.\n"
    "\n"
    "TERM, INT, HUP, QUIT, USR1 and USR2 are forwarded. The exit status is that of the program; 125 if its clock\n"
    "cannot be simulated; 126 or 127 if it cannot be started. The program runs with no_new_privs.\n";

__attribute__((noreturn)) static void wrong_usage(const char *what, const char *word) {
  report("%s %s; see conform-clock --help", what, word);
  exit(STATUS_CANNOT);
}

/// Ends as the program has ended.
__attribute__((noreturn)) static void end_like(int status) {
  if (WIFSIGNALED(status)) {
    struct rlimit none = {0, 0};
    sigset_t all;
    setrlimit(RLIMIT_CORE, &none);
    signal(WTERMSIG(status), SIG_DFL);
    sigemptyset(&all);
    raise(WTERMSIG(status));
    sigprocmask(SIG_SETMASK, &all, NULL);
    exit(128 + WTERMSIG(status));
  }
  exit(WEXITSTATUS(status));
}

int main(int count, char **words) {
  const char *path = NULL;
  bool is_fixed = false, checks = false, compares = false;
  int index = 1;
  for (; index < count && words[index][0] == '-'; index++) {
    const char *word = words[index];
    if (strcmp(word, "--") == 0) {
      index++;
      break;
    }
    if (strcmp(word, "--help") == 0) return fputs(usage, stdout) < 0;
    if (strcmp(word, "--check") == 0) {
      checks = true;
    } else if (strcmp(word, "--compare") == 0) {
      compares = true;
    } else if (strcmp(word, "--group") == 0) {
      helper.grouped = true;
    } else if (index + 1 < count && strcmp(word, "--clock") == 0) {
      path = words[++index];
    } else if (index + 1 < count && strcmp(word, "--mode") == 0) {
      const char *mode = words[++index];
      if (strcmp(mode, "notify") != 0 && strcmp(mode, "stay") != 0) wrong_usage("unknown mode", mode);
      helper.mode = strcmp(mode, "stay") == 0 ? MODE_STAY : MODE_NOTIFY;
      is_fixed = true;
    } else {
      wrong_usage("unknown or incomplete option", word);
    }
  }
  if (!path) wrong_usage("missing option", "--clock");
  if (compares) return compare_clock(path);
  const char *reason = cells_open(path);
  if (reason) cannot("%s: %s", reason, path);
  char *own[] = {"/proc/self/exe", "--clock", helper.path, "--compare", NULL};
  if (!checks && index == count) wrong_usage("missing", "PROGRAM");
  start_program(checks ? own : words + index, is_fixed, checks);
  serve();
  if (checks && WIFEXITED(helper.first_status) && WEXITSTATUS(helper.first_status) == 0)
    puts(helper.mode == MODE_STAY ? "stay" : "notify");
  end_like(helper.first_status);
}
