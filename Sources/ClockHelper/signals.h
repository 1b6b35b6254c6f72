// The signals of the helper, and its rights.

#ifndef CONFORM_SIGNALS_H
#define CONFORM_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

/// Blocks the signals that the helper reads or forwards; `former` gets the mask from before, for the program.
void signals_block(sigset_t *former);
/// Gives the child, before its exec, the mask and the dispositions that the helper was started with.
void signals_restore(const sigset_t *former);
/// A descriptor that is readable when such a signal has arrived.
int signals_open(void);
/// Takes one signal, and forwards it.
void signals_take(int file);

/// Gives up the rights that the helper does not need.
void rights_drop(void);
/// Whether the helper may attach to processes of other users.
bool rights_to_trace(void);

/// What a file would give its program, and no_new_privs does not let it have.
enum rights { RIGHTS_ALL, RIGHTS_OF_OWNER, RIGHTS_OF_GROUP, RIGHTS_OF_FILE };

/// What the program of a file lacks in this process, with this user and group.
enum rights rights_lost(const char *path, pid_t process, uid_t user, gid_t group);

#endif
