// Waits until an instant of the wall clock.

#ifndef CONFORM_WAITS_H
#define CONFORM_WAITS_H

#include "tasks.h"

/// Whether a call that the filter found waits until an instant that the kernel would misunderstand.
bool is_wait(const struct call *call);

/// In the mode notify: makes the call again with a deadline on the machine's clock. The thread is stopped behind it.
/// Returns false if it is elsewhere, as in a handler.
bool wait_repeat(struct task *task);
/// In the mode stay: changes the deadline of a call at which the thread is stopped. Returns false if that fails.
bool wait_change(const struct call *call);
/// Gives a thread, stopped at the end of the call, its registers back.
void wait_finish(const struct call *call);
/// Takes back a call that was prepared but not made, because of a signal: the program makes it after its handler.
void wait_take_back(const struct call *call);

#endif
