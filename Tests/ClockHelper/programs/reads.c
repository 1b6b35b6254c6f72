// A C program that reads the wall clock in every way, and waits until instants of it.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double monotonic(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static struct timespec in_50_ms(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  t.tv_nsec += 50000000;
  if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
  return t;
}

static void times(void) {
  struct timespec t;
  struct timeval v;
  clock_gettime(CLOCK_REALTIME, &t);
  printf("%ld", (long)t.tv_sec);
  clock_gettime(CLOCK_REALTIME_COARSE, &t);
  printf(" %ld", (long)t.tv_sec);
  gettimeofday(&v, NULL);
  printf(" %ld %ld", (long)v.tv_sec, (long)time(NULL));
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &t);
  printf(" %ld", (long)t.tv_sec);
  syscall(SYS_gettimeofday, &v, NULL);
  printf(" %ld", (long)v.tv_sec);
  clock_gettime(CLOCK_TAI, &t);
  printf(" %ld", (long)t.tv_sec);
  syscall(SYS_clock_gettime, CLOCK_TAI, &t);
  printf(" %ld\n", (long)t.tv_sec);
  fflush(stdout);
}

/// The clock of alarms: shown as "none" where the machine cannot wake up by it.
static void alarms(void) {
  struct timespec t;
  for (int way = 0; way < 2; way++) {
    int result = way ? syscall(SYS_clock_gettime, CLOCK_REALTIME_ALARM, &t) : clock_gettime(CLOCK_REALTIME_ALARM, &t);
    if (result == 0) printf("%ld ", (long)t.tv_sec); else printf("none ");
  }
  printf("\n");
}

static pthread_mutex_t held;

/// Waits in all ways, each until an instant in 50 ms. The kernel ends any call with EINTR if a signal arrives before
/// conform-clock has received its notification, and the handler does not restart calls.
static void *waits(void *result) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  for (int kind = 0; kind < 9; kind++) {
    double start = monotonic();
    struct timespec until = in_50_ms(kind == 4 ? CLOCK_TAI : CLOCK_REALTIME);
    struct itimerspec timer = {{0, 0}, until};
    if (kind == 0) while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL) == EINTR);
    if (kind == 1) while (sem_timedwait(&semaphore, &until) != 0 && errno == EINTR);
    if (kind == 2) {
      pthread_mutex_lock(&mutex);
      while (pthread_cond_timedwait(&condition, &mutex, &until) == 0);
      pthread_mutex_unlock(&mutex);
    }
    if (kind == 3 || kind == 5) {
      unsigned long count;
      int file = timerfd_create(kind == 3 ? CLOCK_REALTIME : CLOCK_REALTIME_ALARM, 0);
      // the clock of alarms needs a right of its own
      if (file < 0 && kind == 5) continue;
      while (timerfd_settime(file, TFD_TIMER_ABSTIME, &timer, NULL) != 0 && errno == EINTR);
      while (read(file, &count, sizeof count) < 0 && errno == EINTR);
      close(file);
    }
    if (kind == 4) while (clock_nanosleep(CLOCK_TAI, TIMER_ABSTIME, &until, NULL) == EINTR);
    if (kind == 6) {
      struct sigevent event = {.sigev_notify = SIGEV_NONE};
      timer_t id;
      timer_create(CLOCK_REALTIME, &event, &id);
      while (timer_settime(id, TIMER_ABSTIME, &timer, NULL) != 0 && errno == EINTR);
      do timer_gettime(id, &timer); while (timer.it_value.tv_sec || timer.it_value.tv_nsec);
      timer_delete(id);
    }
    if (kind == 7) {
      char name[32], message[8];
      struct mq_attr attributes = {.mq_maxmsg = 1, .mq_msgsize = sizeof message};
      snprintf(name, sizeof name, "/conform-%d-%lx", getpid(), (long)pthread_self());
      mqd_t queue = mq_open(name, O_CREAT | O_RDWR, 0600, &attributes);
      mq_unlink(name);
      while (mq_timedreceive(queue, message, sizeof message, NULL, &until) < 0 && errno == EINTR);
      mq_close(queue);
    }
    if (kind == 8) pthread_mutex_timedlock(&held, &until);
    double took = monotonic() - start;
    if (took < 0.049 || took > 20) *(int *)result = kind + 1;
  }
  return NULL;
}

static void tick(int signal) { (void)signal; }

int main(int count, char **words) {
  if (count > 1 && strcmp(words[1], "waits") == 0) {
    // signals arrive all the time, and other threads start programs
    struct sigaction action = {.sa_handler = tick};
    struct itimerval timer = {{0, 3000}, {0, 3000}};
    pthread_mutexattr_t inherits;
    pthread_t threads[4];
    int wrong = 0;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    sigaction(SIGALRM, &action, NULL);
    pthread_mutexattr_init(&inherits);
    pthread_mutexattr_setprotocol(&inherits, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&held, &inherits);
    pthread_mutex_lock(&held);
    setitimer(ITIMER_REAL, &timer, NULL);
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, waits, &wrong);
    for (int i = 0; i < 4; i++) {
      pid_t child = fork();
      if (child == 0) _exit(execl("/proc/self/exe", words[0], "nothing", (char *)NULL));
      while (waitpid(child, NULL, 0) < 0 && errno == EINTR);
      pthread_join(threads[i], NULL);
    }
    printf("%d\n", wrong);
    return 0;
  }
  if (count > 1 && strcmp(words[1], "nothing") == 0) return 0;
  if (count > 1) return strcmp(words[1], "alarms") == 0 ? alarms() : times(), 0;
  char line[16];
  while (fgets(line, sizeof line, stdin)) {
    if (line[0] != 'f') {
      times();
    } else if (fork() == 0) {
      execl("/proc/self/exe", words[0], "once", (char *)NULL);
    } else {
      wait(NULL);
    }
  }
  return 7;
}
