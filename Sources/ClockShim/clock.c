// A simulated wall clock for an unmodified program: this library is preloaded and replaces the functions of the C
// library that read the time of day.
//
// The time comes from a file that all processes of the program map: no parsing, no locks, one time in each process, and
// a change takes effect at the next call. Monotonic clocks, CPU clocks and waits with a duration are not changed. The
// deadline of a wait is translated to the machine's own clock; without that, the wait would end at once or never.

#define _GNU_SOURCE
#include "ClockShim.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000ll

static const struct conform_clock_cells nothing = {0, 0, 0};
static const struct conform_clock_cells *cells;

/// Maps the file once in a process; a forked child inherits the mapping.
static const struct conform_clock_cells *clock_cells(void) {
  const struct conform_clock_cells *known = __atomic_load_n(&cells, __ATOMIC_ACQUIRE);
  if (known) return known;
  const struct conform_clock_cells *found = &nothing;
  const char *path = getenv("CONFORM_CLOCK_FILE");
  int error = errno;
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file >= 0) {
    struct stat info;
    if (fstat(file, &info) == 0 && info.st_size >= (off_t)sizeof(struct conform_clock_cells)) {
      void *map = mmap(NULL, sizeof(struct conform_clock_cells), PROT_READ, MAP_SHARED, file, 0);
      if (map != MAP_FAILED && ((struct conform_clock_cells *)map)->magic == CONFORM_CLOCK_MAGIC) found = map;
    }
    close(file);
  }
  errno = error;
  // Two threads may both have mapped it; either mapping works.
  __atomic_store_n(&cells, found, __ATOMIC_RELEASE);
  return found;
}

__attribute__((constructor)) static void start(void) { clock_cells(); }

static int64_t machine_time(clockid_t id) {
  // Not through the function of the C library, which is the one replaced here.
  struct timespec now;
  syscall(SYS_clock_gettime, id, &now);
  return now.tv_sec * SECOND + now.tv_nsec;
}

static int64_t shown_time(void) {
  const struct conform_clock_cells *clock = clock_cells();
  int64_t stopped = __atomic_load_n(&clock->stopped, __ATOMIC_ACQUIRE);
  if (stopped) return stopped;
  return machine_time(CLOCK_REALTIME) + __atomic_load_n(&clock->offset, __ATOMIC_ACQUIRE);
}

static int is_wall_clock(clockid_t id) {
  return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE || id == CLOCK_TAI;
}

int clock_gettime(clockid_t id, struct timespec *result) {
  if (!is_wall_clock(id)) return (int)syscall(SYS_clock_gettime, id, result);
  int64_t now = shown_time();
  result->tv_sec = now / SECOND;
  result->tv_nsec = now % SECOND;
  return 0;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
  if (zone) syscall(SYS_gettimeofday, NULL, zone);
  int64_t now = shown_time();
  result->tv_sec = now / SECOND;
  result->tv_usec = now % SECOND / 1000;
  return 0;
}

time_t time(time_t *result) {
  time_t now = shown_time() / SECOND;
  if (result) *result = now;
  return now;
}

int timespec_get(struct timespec *result, int base) {
  if (base != TIME_UTC) return 0;
  clock_gettime(CLOCK_REALTIME, result);
  return base;
}

// Waits with a deadline.

/// Translates a deadline on the simulated clock to the machine's clock.
static struct timespec on_machine(const struct timespec *deadline) {
  int64_t rest = deadline->tv_sec * SECOND + deadline->tv_nsec - shown_time();
  int64_t until = machine_time(CLOCK_REALTIME) + (rest > 0 ? rest : 0);
  return (struct timespec){until / SECOND, until % SECOND};
}

/// A condition variable does not reveal its clock, but the deadline is far nearer to the present of its own clock.
static int is_of_wall_clock(const struct timespec *deadline) {
  int64_t until = deadline->tv_sec * SECOND + deadline->tv_nsec;
  return llabs(until - shown_time()) < llabs(until - machine_time(CLOCK_MONOTONIC));
}

/// Looks up the C library's own function of this name.
#define NEXT(type, name)                                                  \
  static type next;                                                       \
  type own = __atomic_load_n(&next, __ATOMIC_ACQUIRE);                    \
  if (!own) {                                                             \
    own = (type)dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");                   \
    if (!own) own = (type)dlsym(RTLD_NEXT, name);                         \
    __atomic_store_n(&next, own, __ATOMIC_RELEASE);                       \
  }

typedef int (*cond_wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict deadline) {
  NEXT(cond_wait, "pthread_cond_timedwait")
  if (!is_of_wall_clock(deadline)) return own(condition, mutex, deadline);
  struct timespec until = on_machine(deadline);
  return own(condition, mutex, &until);
}

typedef int (*cond_clockwait)(pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
int pthread_cond_clockwait(pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t id,
                           const struct timespec *deadline) {
  NEXT(cond_clockwait, "pthread_cond_clockwait")
  if (id != CLOCK_REALTIME) return own(condition, mutex, id, deadline);
  struct timespec until = on_machine(deadline);
  return own(condition, mutex, id, &until);
}

typedef int (*mutex_lock)(pthread_mutex_t *, const struct timespec *);
int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict deadline) {
  NEXT(mutex_lock, "pthread_mutex_timedlock")
  struct timespec until = on_machine(deadline);
  return own(mutex, &until);
}

typedef int (*sem_wait_until)(sem_t *, const struct timespec *);
int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline) {
  NEXT(sem_wait_until, "sem_timedwait")
  struct timespec until = on_machine(deadline);
  return own(semaphore, &until);
}

typedef int (*sem_clock)(sem_t *, clockid_t, const struct timespec *);
int sem_clockwait(sem_t *semaphore, clockid_t id, const struct timespec *deadline) {
  NEXT(sem_clock, "sem_clockwait")
  if (id != CLOCK_REALTIME) return own(semaphore, id, deadline);
  struct timespec until = on_machine(deadline);
  return own(semaphore, id, &until);
}

int clock_nanosleep(clockid_t id, int flags, const struct timespec *request, struct timespec *rest) {
  struct timespec until;
  if (request && id == CLOCK_REALTIME && flags & TIMER_ABSTIME) {
    until = on_machine(request);
    request = &until;
  }
  // Like the C library's function, it returns the error and does not change errno.
  int error = errno;
  int failure = syscall(SYS_clock_nanosleep, id, flags, request, rest) == 0 ? 0 : errno;
  errno = error;
  return failure;
}
