// The rights of the helper and of its programs. The program runs under no_new_privs, which the filter needs: a
// set-user-id program runs without the rights of its owner.

#include "clock.h"
#include "signals.h"

#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

bool rights_given(const struct stat *info, uid_t user, gid_t group) {
  bool is_executable_by_group = info->st_mode & S_IXGRP;
  return ((info->st_mode & S_ISUID) && info->st_uid != user) ||
         ((info->st_mode & S_ISGID) && is_executable_by_group && info->st_gid != group);
}

const char *rights_refuse(const char *path) {
  struct stat info;
  if (stat(path, &info) != 0 || !rights_given(&info, geteuid(), getegid())) return NULL;
  return info.st_mode & S_ISUID ? "is set-user-id" : "is set-group-id";
}
