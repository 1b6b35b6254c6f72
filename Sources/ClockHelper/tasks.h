// The threads to which the helper is attached for a moment.

#ifndef CONFORM_TASKS_H
#define CONFORM_TASKS_H

#include "clock.h"

enum task_state {
  /// Between the notification of an exec and the stop behind it.
  TASK_EXEC,
  /// Interrupted in a wait until an instant, which is made again with another deadline.
  TASK_INTERRUPTED,
  /// Before the call that is made again.
  TASK_REPEATED,
  /// In that call.
  TASK_WAITING,
};

struct task {
  pid_t tid;
  enum task_state state;
  struct call call;
};

/// NULL if the helper is not attached to this thread for a call.
struct task *task_find(pid_t tid);
/// NULL without memory. Invalidates the results of task_find.
struct task *task_add(pid_t tid, enum task_state state);
void task_remove(pid_t tid);

#endif
