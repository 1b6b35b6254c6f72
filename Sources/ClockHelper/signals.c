// Signals are read, not handled: nothing of the helper is interrupted.

#include "signals.h"

#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const int forwarded[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
static sigset_t taken;
static struct sigaction former_child, former_pipe;

void signals_block(sigset_t *former) {
  // Ignored, it would not be sent for the stops of programs, and their ends would be lost.
  sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, &former_child);
  // The reader of the lines on standard error may go away, and the program lives on.
  sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, &former_pipe);
  sigemptyset(&taken);
  sigaddset(&taken, SIGCHLD);
  for (size_t index = 0; index < sizeof forwarded / sizeof *forwarded; index++) sigaddset(&taken, forwarded[index]);
  sigprocmask(SIG_BLOCK, &taken, former);
}

void signals_restore(const sigset_t *former) {
  sigaction(SIGCHLD, &former_child, NULL);
  sigaction(SIGPIPE, &former_pipe, NULL);
  sigprocmask(SIG_SETMASK, former, NULL);
}

int signals_open(void) {
  int file = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
  if (file < 0) cannot("the signals cannot be read");
  return file;
}

/// The processes that have no parent but the helper: the program, and what has left it behind.
static void signal_orphans(int signal, bool outside_only) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
  FILE *file = fopen(path, "re");
  if (!file) return;
  int child;
  while (fscanf(file, "%d", &child) == 1) {
    bool is_outside = getpgid(child) != getpgrp();
    if (child != helper.first && (is_outside || !outside_only)) kill(child, signal);
  }
  fclose(file);
}

void signals_take(int file) {
  struct signalfd_siginfo info;
  if (read(file, &info, sizeof info) != sizeof info || info.ssi_signo == SIGCHLD) return;
  int signal = (int)info.ssi_signo;
  if (!helper.grouped && !helper.first_ended) {
    // The terminal has sent it to the whole group.
    bool has_it = info.ssi_code == SI_KERNEL && getpgid(helper.first) == getpgrp();
    if (!has_it) kill(helper.first, signal);
    return;
  }
  // The group has the signal already; a daemon of a group of its own has not.
  if (signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT)
    signal_orphans(signal, helper.grouped);
}
