#ifndef CONFORM_POSIX_SHIM_H
#define CONFORM_POSIX_SHIM_H

#include <malloc.h>
#include <spawn.h>

// Declared by glibc for _GNU_SOURCE only, which Swift's module of glibc does not set.
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

/// Free memory up to this many bytes stays with the process.
static inline void cposix_keep_memory(int bytes) {
  mallopt(M_TRIM_THRESHOLD, bytes);
  mallopt(M_TOP_PAD, 1 << 20);
}

static inline int cposix_pipe(int ends[2], int flags) { return pipe2(ends, flags); }

static inline int cposix_add_folder(posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

#endif
