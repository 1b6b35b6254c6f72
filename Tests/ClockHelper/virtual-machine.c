// The first process of a virtual machine: runs programs under conform-clock, and compares what they print.
//
// It prints "passed NAME" or "failed NAME: …" for each check, then the numbers of both, and turns the machine off.

#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../Sources/ClockShim/include/ClockShim.h"

enum { START = 6802135388, DAY = 86400, NOBODY = 65534 };

static struct conform_clock_cells *cells;
static int passed, failed;

static void set_clock(long seconds) { __atomic_store_n(&cells->stopped, seconds * 1000000000l, __ATOMIC_RELEASE); }

static void make_clock(void) {
  int file = open("/clock", O_RDWR | O_CREAT, 0644);
  if (ftruncate(file, sizeof *cells) != 0) exit(1);
  cells = mmap(NULL, sizeof *cells, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  cells->magic = CONFORM_CLOCK_MAGIC;
  set_clock(START);
}

static void check(const char *name, const char *mode, const char *got, const char *wanted) {
  bool is_right = strcmp(got, wanted) == 0;
  if (is_right) passed++; else failed++;
  printf(is_right ? "passed %s, %s\n" : "failed %s, %s: \"%s\" instead of \"%s\"\n", name, mode, got, wanted);
}

/// A program under conform-clock, with pipes to its input and from its output.
struct program {
  pid_t pid;
  FILE *input, *output;
};

static struct program start(const char *mode, const char *path, const char *argument, bool as_nobody) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) exit(1);
  pid_t pid = fork();
  if (pid == 0) {
    dup2(in[0], 0);
    dup2(out[1], 1);
    // otherwise it names Go programs
    if (as_nobody) dup2(out[1], 2);
    if (as_nobody && (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
                      setresuid(NOBODY, NOBODY, NOBODY) != 0))
      _exit(1);
    execl("/conform-clock", "conform-clock", "--clock", "/clock", "--mode", mode, "--", path, argument, (char *)NULL);
    _exit(1);
  }
  close(in[0]);
  close(out[1]);
  return (struct program){pid, fdopen(in[1], "w"), fdopen(out[0], "r")};
}

/// Sends a line, unless that is NULL, and returns the next one.
static const char *ask(struct program *program, const char *question) {
  static char line[512];
  if (question) {
    fprintf(program->input, "%s\n", question);
    fflush(program->input);
  }
  if (!fgets(line, sizeof line, program->output)) line[0] = 0;
  line[strcspn(line, "\n")] = 0;
  return line;
}

static int end(struct program *program) {
  int status = -1;
  fclose(program->input);
  fclose(program->output);
  waitpid(program->pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// The time as often as a program prints it.
static const char *times(long seconds, int count) {
  static char text[512];
  text[0] = 0;
  for (; count > 0; count--)
    snprintf(text + strlen(text), sizeof text - strlen(text), "%ld%s", seconds, count > 1 ? " " : "");
  return text;
}

/// Whether a program shows the time of the clock, before and after an advance.
static void check_times(const char *mode, const char *path, int count, bool as_nobody, const char *name) {
  set_clock(START);
  struct program program = start(mode, path, NULL, as_nobody);
  check(name, mode, ask(&program, ""), times(START, count));
  set_clock(START + DAY);
  check(name, mode, ask(&program, ""), times(START + DAY, count));
  if (count > 1) check(name, mode, ask(&program, "fork"), times(START + DAY, count));
  end(&program);
  set_clock(START);
}

/// What a program prints in one line.
static void check_line(const char *mode, const char *path, const char *argument, const char *wanted) {
  struct program program = start(mode, path, argument, false);
  check(path, mode, ask(&program, NULL), wanted);
  end(&program);
}

static void check_moves(const char *mode) {
  struct program program = start(mode, "/observers", NULL, false);
  int wrong = 0;
  for (int day = 1; day <= 300; day++) {
    set_clock(START + (long)day * DAY);
    wrong += strcmp(ask(&program, ""), times(START + (long)day * DAY, 1)) != 0;
  }
  check("/observers, days", mode, wrong ? "wrong" : "right", "right");
  check("/observers", mode, ask(&program, "end"), "0 wrong, moved");
  end(&program);
  set_clock(START);
}

static bool set_scope(const char *value) {
  int file = open("/proc/sys/kernel/yama/ptrace_scope", O_WRONLY);
  bool is_set = file >= 0 && write(file, value, 1) == 1;
  close(file);
  return is_set;
}

int main(void) {
  const char *modes[] = {"notify", "stay"};
  mkdir("/proc", 0755);
  mount("proc", "/proc", "proc", 0, NULL);
  setvbuf(stdout, NULL, _IOLBF, 0);
  make_clock();
  for (int index = 0; index < 2; index++) {
    const char *mode = modes[index];
    check_times(mode, "/reads", 8, false, "dynamic");
    check_times(mode, "/reads-static", 8, false, "static");
    check_times(mode, "/reads-static-pie", 8, false, "static-pie");
    check_times(mode, "/go", 1, false, "Go");
    check_line(mode, "/reads-static", "waits", "0");
    check_line(mode, "/stopper", NULL, "300 stopped, 300 continued");
    check_moves(mode);
    struct timespec now;
    char shown[64] = "none none ";
    if (clock_gettime(CLOCK_REALTIME_ALARM, &now) == 0) snprintf(shown, sizeof shown, "%s ", times(START, 2));
    printf("the clock of alarms shows %s\n", shown);
    check_line(mode, "/reads-static", "alarms", shown);
    if (set_scope("1")) check_times(mode, "/reads-static", 8, true, "nobody, ptrace_scope 1");
  }
  if (set_scope("2")) {
    struct program program = start("notify", "/reads-static", NULL, true);
    char reason[512];
    snprintf(reason, sizeof reason, "%s", ask(&program, NULL));
    check(
        "nobody, ptrace_scope 2", "notify", reason,
        "conform-clock: cannot attach to the program (kernel.yama.ptrace_scope above 1, or ptrace is forbidden here)");
    check("nobody, ptrace_scope 2, status", "notify", end(&program) == 125 ? "125" : "other", "125");
  }
  printf("%d passed, %d failed\n", passed, failed);
  sync();
  reboot(RB_POWER_OFF);
}
