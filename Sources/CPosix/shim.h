#ifndef CONFORM_POSIX_SHIM_H
#define CONFORM_POSIX_SHIM_H

#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/prctl.h>

// Declared by glibc for _GNU_SOURCE only, which Swift's module of glibc does not set.
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
extern int pthread_setattr_default_np(const pthread_attr_t *attributes);

/// Keeps free memory of up to this many bytes in the process, that of large bodies too.
static inline void cposix_keep_memory(int bytes) {
  mallopt(M_TRIM_THRESHOLD, bytes);
  mallopt(M_TOP_PAD, 1 << 20);
  // the largest value that glibc takes: a mapping of its own for each body costs a page fault for each page
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  // each large block would put together all small ones in the fast bins
  mallopt(M_MXFAST, 0);
}

/// Returns memory that is free to the kernel: what a thread has freed can stay where only that thread allocates.
static inline void cposix_return_memory(void) { malloc_trim(0); }

/// Gives later threads stacks of at least this many bytes: by default they have the limit of `ulimit -s`.
static inline void cposix_require_stacks(size_t bytes) {
  pthread_attr_t attributes;
  size_t size = 0;
  if (pthread_attr_init(&attributes) != 0) return;
  if (pthread_attr_getstacksize(&attributes, &size) == 0 && size < bytes &&
      pthread_attr_setstacksize(&attributes, bytes) == 0) {
    pthread_setattr_default_np(&attributes);
  }
  pthread_attr_destroy(&attributes);
}

/// Hides the memory of this process from core files and from other processes of the same user, except root. It does not
/// affect the programs that this process starts.
static inline int cposix_hide_memory(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

/// Limits the number of memory pools that threads share.
static inline void cposix_limit_memory_pools(int count) { mallopt(M_ARENA_MAX, count); }

/// Sets the capacity of a pipe in bytes: F_SETPIPE_SZ, which glibc declares for _GNU_SOURCE only.
static inline int cposix_set_pipe_capacity(int descriptor, int bytes) { return fcntl(descriptor, 1024 + 7, bytes); }

/// Opens a new file without a name in a folder, for reading and writing: O_TMPFILE, which glibc declares for _GNU_SOURCE
/// only. It is gone as soon as it is closed.
static inline int cposix_open_unnamed(const char *folder) {
  return open(folder, __O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

static inline int cposix_add_folder(posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

/// Closes this descriptor and all after it in the new process (glibc 2.34).
static inline int cposix_add_close(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

#endif
