// Waits for stops of one thread, during a take-over. The program has one thread then.

#ifndef CONFORM_STOPS_H
#define CONFORM_STOPS_H

#include <stdbool.h>
#include <sys/types.h>

/// Waits until the thread is stopped by an interrupt.
bool wait_for_interrupt(pid_t tid);
/// Continues a thread to the start of its next system call.
bool resume_to_call(pid_t tid);
/// Waits until the thread is stopped at the start or at the end of a system call.
bool wait_for_call(pid_t tid);

/// Whether the last wait for this thread has found its end.
bool thread_has_ended(pid_t tid);

/// Handles the end of a process that was met while another stop was expected.
void process_ended(pid_t tid, int status);

#endif
