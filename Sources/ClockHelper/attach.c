// Gives a program, at its exec, the second vDSO.
//
// The calls that are needed for that are made in the program itself: its program counter is pointed at a system call
// instruction of its own vDSO, while all its signals are blocked.

#include "clock.h"
#include "image.h"
#include "memory.h"
#include "registers.h"
#include "stops.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// A program that is being taken over.
struct program {
  pid_t tid;
  registers registers;
  struct memory memory;
  struct image *image;
  /// The kernel's vDSO in it, and the place of that address on its stack.
  uint64_t vdso, place;
};

/// The kernel's result of a call that a signal has ended; a tracer sees it.
enum { ERESTARTSYS = 512 };

/// What the stack of a program can have at most: the kernel allows a quarter of the stack for its strings alone.
enum { MAX_STACK = 8 << 20, BLOCK = 512 };

/// Finds the entry AT_SYSINFO_EHDR: the stack has the count of arguments, the arguments, the environment, the entries.
static bool find_entry(struct program *program) {
  uint64_t words[BLOCK], address = stack_of(&program->registers), first = address;
  size_t count = 0, index = 0;
  enum { COUNT, ARGUMENTS, ENVIRONMENT, NAMES, VALUE, OTHER } part = COUNT;
  uint64_t arguments = 0;
  for (; address - first < MAX_STACK; address += 8, index++) {
    if (index == count) {
      // Up to the end of the page, since the next one may be outside the stack.
      count = (4096 - address % 4096) / 8;
      if (count > BLOCK) count = BLOCK;
      index = 0;
      if (!memory_read(&program->memory, address, words, count * 8)) return false;
    }
    uint64_t word = words[index];
    switch (part) {
    case COUNT: arguments = word; part = ARGUMENTS; break;
    case ARGUMENTS:
      // The count of arguments, and a null pointer behind them.
      if (arguments) arguments--; else part = ENVIRONMENT;
      break;
    case ENVIRONMENT: if (!word) part = NAMES; break;
    case NAMES:
      if (word == AT_NULL) return false;
      part = word == AT_SYSINFO_EHDR ? VALUE : OTHER;
      break;
    case VALUE: program->vdso = word; program->place = address; return word != 0;
    case OTHER: part = NAMES; break;
    }
  }
  return false;
}

/// Makes a call in the program. `fetches`: its result is the descriptor of the clock's file.
static bool call(struct program *program, int number, const uint64_t arguments[6], bool fetches, uint64_t *result) {
  registers all = program->registers;
  set_call(&all, program->vdso + program->image->instruction, number);
  for (int index = 0; index < 6; index++) set_argument(&all, index, arguments[index]);
  if (!write_registers(program->tid, &all) || !resume_to_call(program->tid)) return false;
  if (ptrace(PTRACE_SYSCALL, program->tid, NULL, NULL) != 0) return false;
  if (fetches) notify_give_file(program->tid);
  if (!wait_for_call(program->tid) || !read_registers(program->tid, &all)) return false;
  *result = result_of(&all);
  return (int64_t)*result >= 0 || (int64_t)*result < -4095;
}

/// The descriptor of the clock's file in the program.
static bool fetch_file(struct program *program, uint64_t *file) {
  if (helper.mode == MODE_NOTIFY) {
    bool is_fetched = false;
    *file = (uint64_t)-ERESTARTSYS;
    // SIGSTOP ends a call that the helper has not received yet.
    for (int attempt = 0; attempt < 16 && !is_fetched && *file == (uint64_t)-ERESTARTSYS; attempt++)
      is_fetched = call(program, SYS_clock_gettime, (uint64_t[6]){0, FETCH_ADDRESS}, true, file);
    return is_fetched;
  }
  // No notification: the program opens it by its path, which is written below its stack for the time of the call.
  size_t length = strlen(helper.path) + 1;
  uint64_t address = (stack_of(&program->registers) - 256 - length) & ~15ull;
  return memory_write(&program->memory, address, helper.path, length) &&
         call(program, SYS_openat, (uint64_t[6]){(uint64_t)AT_FDCWD, address, O_RDONLY | O_CLOEXEC | O_NONBLOCK}, false, file);
}

/// Returns NULL, or the reason why the program cannot be covered.
static const char *cover(struct program *program) {
  uint64_t address, file, cells, done;
  // A change of the user may have removed this signal: the first program does not outlive the helper.
  if (program->tid == helper.first && helper.first_runs && helper.mode == MODE_NOTIFY)
    call(program, SYS_prctl, (uint64_t[6]){PR_SET_PDEATHSIG, SIGKILL}, false, &done);
  size_t size = (program->image->size + 4095) & ~4095ull;
  // Never writable: programs that forbid memory to be written and run are covered too.
  if (!call(program, SYS_mmap, (uint64_t[6]){0, size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1},
            false, &address))
    return "memory for the functions of the clock is refused";
  if (!fetch_file(program, &file)) return "it cannot open the file of the clock";
  bool is_mapped = call(program, SYS_mmap, (uint64_t[6]){0, 4096, PROT_READ, MAP_SHARED, file}, false, &cells);
  if (!call(program, SYS_close, (uint64_t[6]){file}, false, &done) || !is_mapped) return "it cannot map the clock";
  image_fill(program->image, program->vdso, address, cells, helper.direct);
  const char *reason = NULL;
  if (!memory_write(&program->memory, address, program->image->bytes, program->image->size))
    reason = "its memory cannot be written";
  else if (!memory_write(&program->memory, program->place, &address, sizeof address))
    reason = "its stack cannot be written";
  // With the cells in it, it would count as covered, and some of its calls would be simulated.
  if (reason) call(program, SYS_munmap, (uint64_t[6]){cells, 4096}, false, &done);
  return reason;
}

static const char *try_to_cover(struct program *program) {
  const char *reason = image_of_kernel(&program->image);
  if (reason) return reason;
  size_t size = read_registers(program->tid, &program->registers);
  if (!size) return "its registers cannot be read";
  if (!is_64_bit(&program->registers, size)) return "a 32-bit program";
  program->memory = memory_open(program->tid);
  uint64_t count;
  const char *found = NULL;
  if (!memory_read(&program->memory, stack_of(&program->registers), &count, sizeof count)) {
    found = "its stack cannot be read";
  } else if (!find_entry(program)) {
    found = "the kernel gives it no vDSO";
  } else {
    found = cover(program);
    write_registers(program->tid, &program->registers);
  }
  memory_close(&program->memory);
  return found;
}

const char *take_over(pid_t tid) {
  struct program program = {.tid = tid};
  mappings_changed(tid);
  // Behind the exec itself, which would overwrite a register at its end.
  if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) != 0 || ptrace(PTRACE_CONT, tid, NULL, NULL) != 0) return NULL;
  if (!wait_for_interrupt(tid)) return thread_has_ended(tid) ? NULL : "it cannot be stopped";
  uint64_t mask, all = ~0ull;
  bool is_blocked = ptrace(PTRACE_GETSIGMASK, tid, (void *)sizeof mask, &mask) == 0 &&
                    ptrace(PTRACE_SETSIGMASK, tid, (void *)sizeof all, &all) == 0;
  const char *reason = is_blocked ? try_to_cover(&program) : "its signals cannot be blocked";
  if (is_blocked) ptrace(PTRACE_SETSIGMASK, tid, (void *)sizeof mask, &mask);
  mappings_changed(tid);
  // A program that was killed meanwhile shows no time.
  return thread_has_ended(tid) ? NULL : reason;
}
