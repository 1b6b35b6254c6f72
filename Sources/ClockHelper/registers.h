// The registers of a stopped thread, by machine.

#ifndef CONFORM_REGISTERS_H
#define CONFORM_REGISTERS_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>

#if defined(__x86_64__)

typedef struct user_regs_struct registers;

/// The length of a system call instruction.
enum { CALL_LENGTH = 2 };

static inline uint64_t stack_of(const registers *all) { return all->rsp; }
static inline uint64_t pc_of(const registers *all) { return all->rip; }
static inline uint64_t result_of(const registers *all) { return all->rax; }
static inline int number_of(const registers *all) { return (int)all->orig_rax; }

static inline uint64_t argument_of(const registers *all, int index) {
  const unsigned long long arguments[] = {all->rdi, all->rsi, all->rdx, all->r10, all->r8, all->r9};
  return arguments[index];
}

static inline void set_argument(registers *all, int index, uint64_t value) {
  unsigned long long *arguments[] = {&all->rdi, &all->rsi, &all->rdx, &all->r10, &all->r8, &all->r9};
  *arguments[index] = value;
}

/// Prepares a call with the instruction at `pc`. The kernel then does not restart the call before.
static inline void set_call(registers *all, uint64_t pc, int number) {
  all->rip = pc;
  all->rax = (unsigned long long)number;
  all->orig_rax = (unsigned long long)-1;
}

/// Gives a call that was stopped by the filter this result; the kernel skips it.
static inline void set_result(registers *all, uint64_t value) {
  all->rax = value;
  all->orig_rax = (unsigned long long)-1;
}

/// Whether the program has 64 bits: the selector of its code.
static inline bool is_64_bit(const registers *all, size_t size) { return size == sizeof *all && all->cs == 0x33; }

#elif defined(__aarch64__)

typedef struct user_regs_struct registers;

enum { CALL_LENGTH = 4 };

static inline uint64_t stack_of(const registers *all) { return all->sp; }
static inline uint64_t pc_of(const registers *all) { return all->pc; }
static inline uint64_t result_of(const registers *all) { return all->regs[0]; }
static inline int number_of(const registers *all) { return (int)all->regs[8]; }
static inline uint64_t argument_of(const registers *all, int index) { return all->regs[index]; }
static inline void set_argument(registers *all, int index, uint64_t value) { all->regs[index] = value; }

static inline void set_call(registers *all, uint64_t pc, int number) {
  all->pc = pc;
  all->regs[8] = (unsigned)number;
}

static inline void set_result(registers *all, uint64_t value) { all->regs[0] = value; }

static inline bool is_64_bit(const registers *all, size_t size) { return size == sizeof *all && !(all->pstate & 0x10); }

#endif

/// Returns the size of the registers that the kernel gave, or 0.
static inline size_t read_registers(pid_t tid, registers *all) {
  struct iovec place = {all, sizeof *all};
  return ptrace(PTRACE_GETREGSET, tid, (void *)NT_PRSTATUS, &place) == 0 ? place.iov_len : 0;
}

static inline bool write_registers(pid_t tid, registers *all) {
  struct iovec place = {all, sizeof *all};
  return ptrace(PTRACE_SETREGSET, tid, (void *)NT_PRSTATUS, &place) == 0;
}

/// Makes the kernel skip the call at which the filter stopped the thread.
static inline bool skip_call(pid_t tid) {
#if defined(__aarch64__)
  int none = -1;
  struct iovec place = {&none, sizeof none};
  return ptrace(PTRACE_SETREGSET, tid, (void *)NT_ARM_SYSTEM_CALL, &place) == 0;
#else
  // set_result has done it.
  (void)tid;
  return true;
#endif
}

#endif
