// The rights of the helper and of its programs. The program runs under no_new_privs, which the filter needs: a
// set-user-id program runs without the rights of its owner, and one with file capabilities without these.

#include "clock.h"
#include "signals.h"

#include <endian.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

static bool read_rights(struct __user_cap_data_struct rights[2]) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  return syscall(SYS_capget, &header, rights) == 0;
}

bool rights_to_trace(void) {
  struct __user_cap_data_struct rights[2];
  return read_rights(rights) && (rights[0].effective & (1u << CAP_SYS_PTRACE));
}

void rights_drop(void) {
  struct __user_cap_data_struct rights[2];
  if (!read_rights(rights)) return;
  rights[0].inheritable = rights[1].inheritable = 0;
  // Without the right to trace, the helper can attach only to programs with no more rights than it has itself.
  if (rights[0].effective & (1u << CAP_SYS_PTRACE)) {
    // To attach to, to look at, and to signal programs that have changed their user.
    unsigned needed = 1u << CAP_SYS_PTRACE | 1u << CAP_KILL | 1u << CAP_DAC_READ_SEARCH;
    rights[0].effective &= needed;
    rights[0].permitted &= needed;
    memset(&rights[1], 0, sizeof rights[1]);
  }
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  syscall(SYS_capset, &header, rights);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/// The capabilities that a process has, and those that it could get by an exec. None if /proc does not show them.
static void read_capabilities(pid_t process, uint64_t *permitted, uint64_t *bounding) {
  char path[64], line[256];
  unsigned long long value;
  *permitted = *bounding = 0;
  snprintf(path, sizeof path, "/proc/%d/status", (int)process);
  FILE *file = fopen(path, "re");
  if (!file) return;
  while (fgets(line, sizeof line, file)) {
    if (sscanf(line, "CapPrm: %llx", &value) == 1) *permitted = value;
    if (sscanf(line, "CapBnd: %llx", &value) == 1) *bounding = value;
  }
  fclose(file);
}

/// The capabilities that a file gives its program (capabilities(7)).
static uint64_t capabilities_of(const char *path) {
  struct vfs_ns_cap_data data = {0};
  ssize_t size = getxattr(path, "security.capability", &data, sizeof data);
  if (size < (ssize_t)XATTR_CAPS_SZ_1) return 0;
  uint64_t upper = size < (ssize_t)XATTR_CAPS_SZ_2 ? 0 : le32toh(data.data[1].permitted);
  return upper << 32 | le32toh(data.data[0].permitted);
}

enum rights rights_lost(const char *path, pid_t process, uid_t user, gid_t group) {
  struct stat info;
  uint64_t permitted, bounding;
  if (stat(path, &info) != 0) return RIGHTS_ALL;
  if ((info.st_mode & S_ISUID) && info.st_uid != user) return RIGHTS_OF_OWNER;
  if ((info.st_mode & S_ISGID) && (info.st_mode & S_IXGRP) && info.st_gid != group) return RIGHTS_OF_GROUP;
  uint64_t given = capabilities_of(path);
  if (!given) return RIGHTS_ALL;
  read_capabilities(process, &permitted, &bounding);
  return given & bounding & ~permitted ? RIGHTS_OF_FILE : RIGHTS_ALL;
}
