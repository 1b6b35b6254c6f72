// A table of threads: few at a time, in most programs none.

#include "tasks.h"

#include <stdlib.h>

static struct task *tasks;
static size_t count, capacity;

struct task *task_find(pid_t tid) {
  for (size_t index = 0; index < count; index++)
    if (tasks[index].tid == tid) return &tasks[index];
  return NULL;
}

struct task *task_add(pid_t tid, enum task_state state) {
  struct task *task = task_find(tid);
  if (!task) {
    if (count == capacity) {
      size_t more = capacity ? capacity * 2 : 64;
      struct task *larger = reallocarray(tasks, more, sizeof *tasks);
      if (!larger) return NULL;
      tasks = larger;
      capacity = more;
    }
    task = &tasks[count++];
  }
  *task = (struct task){.tid = tid, .state = state};
  return task;
}

void task_remove(pid_t tid) {
  struct task *task = task_find(tid);
  if (task) *task = tasks[--count];
}
