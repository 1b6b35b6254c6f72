// The memory of a program, and what the kernel shows about it.

#ifndef CONFORM_MEMORY_H
#define CONFORM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Access to all pages of a stopped program, also to those that it cannot write itself.
struct memory {
  pid_t tid;
  /// /proc/PID/mem, or -1: then word by word.
  int file;
};

struct memory memory_open(pid_t tid);
void memory_close(struct memory *memory);
bool memory_read(const struct memory *memory, uint64_t address, void *bytes, size_t size);
bool memory_write(const struct memory *memory, uint64_t address, const void *bytes, size_t size);

/// Reads and writes pages of a program that is not stopped, as itself. Returns 0 or errno.
int memory_copy_from(pid_t tid, uint64_t address, void *bytes, size_t size);
int memory_copy_to(pid_t tid, uint64_t address, const void *bytes, size_t size);

/// What the mappings of a program show.
struct mappings {
  /// The second vDSO has its cells there.
  bool is_covered;
  /// The kernel's vDSO.
  uint64_t vdso_start, vdso_end;
};

/// Reads the mappings of a thread's process, at most once in a second. NULL if they cannot be read.
const struct mappings *mappings_of(pid_t tid);
/// Removes what is known about this thread: it has run another program.
void mappings_changed(pid_t tid);

#endif
