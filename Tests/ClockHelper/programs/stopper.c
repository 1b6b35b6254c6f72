// Stops each program that it starts, at other moments of the start, and waits until it is stopped.

#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long monotonic(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000l + t.tv_nsec;
}

int main(int count, char **words) {
  (void)words;
  if (count > 1) {
    while (getchar() != EOF);
    return 0;
  }
  int stopped = 0, continued = 0;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  alarm(300);
  for (int round = 0; round < 300; round++) {
    int ends[2], status;
    if (pipe(ends) != 0) return 2;
    pid_t child = fork();
    if (child == 0) {
      dup2(ends[0], 0);
      close(ends[0]);
      close(ends[1]);
      _exit(execl("/proc/self/exe", "stopper", "end", (char *)NULL));
    }
    close(ends[0]);
    for (long until = monotonic() + round * 5000l; monotonic() < until;);
    kill(child, SIGSTOP);
    // A signal that is lost lets the program wait for its input, and this one for its stop.
    stopped += waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status);
    kill(child, SIGCONT);
    close(ends[1]);
    continued += waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  printf("%d stopped, %d continued\n", stopped, continued);
}
