// The clock's file, and the times that follow from it.

#include "clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

const char *cells_open(const char *path) {
  if (!realpath(path, helper.path)) return "the file of the clock cannot be found";
  int file = open(helper.path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (file < 0) return "the file of the clock cannot be read";
  struct stat info;
  const char *reason = NULL;
  void *map = MAP_FAILED;
  if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
    reason = "the file of the clock is not a regular file";
  } else if (info.st_size < (off_t)sizeof(struct conform_clock_cells)) {
    reason = "the file of the clock is too short";
  } else if ((map = mmap(NULL, sizeof *helper.cells, PROT_READ, MAP_SHARED, file, 0)) == MAP_FAILED) {
    reason = "the file of the clock cannot be mapped";
  } else if (((const struct conform_clock_cells *)map)->magic != CONFORM_CLOCK_MAGIC) {
    reason = "the file of the clock is not one of conform";
  }
  if (reason) {
    if (map != MAP_FAILED) munmap(map, sizeof *helper.cells);
    close(file);
    return reason;
  }
  helper.file = file;
  helper.cells = map;
  return NULL;
}

int64_t machine_time(int clock) {
  struct timespec now;
  if (syscall(SYS_clock_gettime, (unsigned long)MARK << 32 | (unsigned)clock, &now) != 0) return -1;
  return now.tv_sec * NANOSECONDS + now.tv_nsec;
}

int64_t shown_time(void) {
  int64_t stopped = __atomic_load_n(&helper.cells->stopped, __ATOMIC_ACQUIRE);
  if (stopped) return stopped;
  return machine_time(CLOCK_REALTIME) + __atomic_load_n(&helper.cells->offset, __ATOMIC_ACQUIRE);
}
