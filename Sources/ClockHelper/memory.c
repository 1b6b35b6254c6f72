// Reads and writes the memory of a program.

#include "clock.h"
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct memory memory_open(pid_t tid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/mem", (int)tid);
  return (struct memory){tid, open(path, O_RDWR | O_CLOEXEC)};
}

void memory_close(struct memory *memory) {
  if (memory->file >= 0) close(memory->file);
  memory->file = -1;
}

bool memory_read(const struct memory *memory, uint64_t address, void *bytes, size_t size) {
  if (memory->file >= 0 && pread(memory->file, bytes, size, (off_t)address) == (ssize_t)size) return true;
  unsigned char *place = bytes;
  for (size_t at = 0; at < size; at += sizeof(long)) {
    errno = 0;
    long word = ptrace(PTRACE_PEEKDATA, memory->tid, (void *)(address + at), NULL);
    if (errno) return false;
    size_t rest = size - at;
    memcpy(place + at, &word, rest < sizeof word ? rest : sizeof word);
  }
  return true;
}

bool memory_write(const struct memory *memory, uint64_t address, const void *bytes, size_t size) {
  if (memory->file >= 0 && pwrite(memory->file, bytes, size, (off_t)address) == (ssize_t)size) return true;
  // Some systems refuse to write a page that is not writable through the file.
  const unsigned char *place = bytes;
  for (size_t at = 0; at < size; at += sizeof(long)) {
    long word = 0;
    size_t rest = size - at;
    if (rest < sizeof word && !memory_read(memory, address + at, &word, sizeof word)) return false;
    memcpy(&word, place + at, rest < sizeof word ? rest : sizeof word);
    if (ptrace(PTRACE_POKEDATA, memory->tid, (void *)(address + at), (void *)word) != 0) return false;
  }
  return true;
}

int memory_copy_from(pid_t tid, uint64_t address, void *bytes, size_t size) {
  struct iovec here = {bytes, size}, there = {(void *)address, size};
  ssize_t count = process_vm_readv(tid, &here, 1, &there, 1, 0);
  return count == (ssize_t)size ? 0 : count < 0 ? errno : EFAULT;
}

int memory_copy_to(pid_t tid, uint64_t address, const void *bytes, size_t size) {
  struct iovec here = {(void *)bytes, size}, there = {(void *)address, size};
  ssize_t count = process_vm_writev(tid, &here, 1, &there, 1, 0);
  return count == (ssize_t)size ? 0 : count < 0 ? errno : EFAULT;
}

enum { KNOWN = 128, VALID_NANOSECONDS = 1000000000 };

/// The ids of processes are reused, but not within a second.
static struct {
  pid_t tid;
  int64_t until;
  struct mappings mappings;
} known[KNOWN];

static int64_t monotonic(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * NANOSECONDS + now.tv_nsec;
}

/// The device and the inode of a mapped file, as /proc shows them.
struct file_id {
  unsigned major, minor;
  unsigned long long inode;
};

/// Reads the mappings of a process. `cells` is the clock's file; its id is read where `cells` has none yet.
static bool read_mappings(const char *path, struct mappings *mappings, struct file_id *cells) {
  FILE *file = fopen(path, "re");
  if (!file) return false;
  char line[4096 + 256];
  bool is_empty = true, continues = false;
  while (fgets(line, sizeof line, file)) {
    size_t length = strlen(line);
    bool is_rest = continues;
    continues = length && line[length - 1] != '\n';
    if (is_rest) continue;
    unsigned long long start, end, offset;
    struct file_id id;
    char access[5];
    int name = 0;
    if (sscanf(line, "%llx-%llx %4s %llx %x:%x %llu %n", &start, &end, access, &offset, &id.major, &id.minor, &id.inode,
               &name) < 7)
      continue;
    is_empty = false;
    if (name && strncmp(line + name, "[vdso]", 6) == 0) {
      mappings->vdso_start = start;
      mappings->vdso_end = end;
    }
    if (!id.inode || strcmp(access, "r--s") != 0) continue;
    if (!cells->inode && start == (uintptr_t)helper.cells) *cells = id;
    if (id.inode == cells->inode && id.major == cells->major && id.minor == cells->minor) mappings->is_covered = true;
  }
  fclose(file);
  return !is_empty;
}

const struct mappings *mappings_of(pid_t tid) {
  // Compared as /proc shows them: on some file systems, stat shows different ids.
  static struct file_id cells;
  if (!cells.inode) {
    struct mappings own = {0};
    read_mappings("/proc/self/maps", &own, &cells);
  }
  int64_t now = monotonic();
  size_t place = (size_t)tid % KNOWN;
  if (known[place].tid == tid && known[place].until > now) return &known[place].mappings;
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/maps", (int)tid);
  struct mappings mappings = {0};
  known[place].tid = 0;
  if (!read_mappings(path, &mappings, &cells)) return NULL;
  known[place].tid = tid;
  known[place].until = now + VALID_NANOSECONDS;
  known[place].mappings = mappings;
  return &known[place].mappings;
}

void mappings_changed(pid_t tid) {
  size_t place = (size_t)tid % KNOWN;
  if (known[place].tid == tid) known[place].tid = 0;
}
