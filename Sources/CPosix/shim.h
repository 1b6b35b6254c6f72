#ifndef CONFORM_POSIX_SHIM_H
#define CONFORM_POSIX_SHIM_H

#include <malloc.h>
#include <spawn.h>
#include <sys/prctl.h>

// Declared by glibc for _GNU_SOURCE only, which Swift's module of glibc does not set.
extern int pipe2(int ends[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

/// Free memory up to this many bytes stays with the process.
static inline void cposix_keep_memory(int bytes) {
  mallopt(M_TRIM_THRESHOLD, bytes);
  mallopt(M_TOP_PAD, 1 << 20);
}

/// Neither a core file nor another process of the same user, but root, shows the memory of this process. Programs that it starts
/// decide for themselves.
static inline int cposix_hide_memory(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

/// Threads share so many pools of memory.
static inline void cposix_limit_memory_pools(int count) { mallopt(M_ARENA_MAX, count); }

static inline int cposix_pipe(int ends[2], int flags) { return pipe2(ends, flags); }

static inline int cposix_add_folder(posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

#endif
