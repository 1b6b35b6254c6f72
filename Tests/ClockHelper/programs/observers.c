// Threads, handlers of signals and new programs read the clock all the time. Each time must be a whole number of days
// behind the start, and none may be before one that was seen.

#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long first, wrong, days;
static volatile int ends;

static long look(int way) {
  struct timespec t;
  struct timeval v;
  if (way == 0) return clock_gettime(CLOCK_REALTIME, &t), t.tv_nsec ? -1 : t.tv_sec;
  if (way == 1) return gettimeofday(&v, NULL), v.tv_usec ? -1 : v.tv_sec;
  if (way == 2) return syscall(SYS_clock_gettime, CLOCK_REALTIME, &t), t.tv_nsec ? -1 : t.tv_sec;
  return time(NULL);
}

/// Looks once, after a time that was seen; returns the new one.
static long after(long former, int way) {
  long now = look(way);
  if (now < former || (now - first) % 86400) __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
  if (now > former) __atomic_add_fetch(&days, 1, __ATOMIC_RELAXED);
  return now;
}

static void *observe(void *unused) {
  for (long seen = first, turn = 0; !ends; turn++) seen = after(seen, turn % 4);
  return unused;
}

static void tick(int signal) {
  static long seen;
  seen = after(seen ? seen : first, signal % 3);
}

static void *start(void *program) {
  char text[32];
  int status;
  while (!ends) {
    snprintf(text, sizeof text, "%ld", look(0));
    pid_t child = fork();
    if (child == 0) execl(program, program, text, (char *)NULL);
    if (waitpid(child, &status, 0) == child && status) __atomic_add_fetch(&wrong, 1, __ATOMIC_RELAXED);
  }
  return NULL;
}

int main(int count, char **words) {
  if (count > 1) {
    first = atol(words[1]);
    for (int way = 0; way < 4; way++) after(first, way);
    return wrong != 0;
  }
  pthread_t threads[3];
  struct sigaction action = {.sa_handler = tick, .sa_flags = SA_RESTART};
  struct itimerval timer = {{0, 700}, {0, 700}};
  sigset_t alarms;
  sigemptyset(&alarms);
  sigaddset(&alarms, SIGALRM);
  sigprocmask(SIG_SETMASK, &alarms, NULL);
  first = look(0);
  for (int index = 0; index < 2; index++) pthread_create(&threads[index], NULL, observe, NULL);
  pthread_create(&threads[2], NULL, start, "/proc/self/exe");
  // in one thread, so that the handler sees one time after the other
  sigprocmask(SIG_UNBLOCK, &alarms, NULL);
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &timer, NULL);
  char line[8];
  while (fgets(line, sizeof line, stdin) && line[0] != 'e') {
    printf("%ld\n", look(0));
    fflush(stdout);
  }
  ends = 1;
  for (int index = 0; index < 3; index++) pthread_join(threads[index], NULL);
  printf("%ld wrong, %s\n", wrong, days ? "moved" : "never moved");
}
