// Gives mutated vDSOs, ELF files and clock files to the parsers of conform-clock, under the sanitizers: fuzz [COUNT [SEED]]
//
// The inputs are the vDSO of this machine and this program itself, with bytes and words changed at random places, mostly in
// the headers. A parser must refuse what it does not understand; the sanitizers end the program if it reads elsewhere.

#include "../../Sources/ClockHelper/clock.h"
#include "../../Sources/ClockHelper/go.h"
#include "../../Sources/ClockHelper/image.h"
#include "../../Sources/ClockHelper/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct helper helper = {.file = -1, .listener = -1};

static uint64_t state;

/// SplitMix64.
static uint64_t next(void) {
  uint64_t value = (state += 0x9e3779b97f4a7c15ull);
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
  value = (value ^ value >> 27) * 0x94d049bb133111ebull;
  return value ^ value >> 31;
}

/// Values at the borders of the numbers in the headers.
static const uint64_t borders[] = {0, 1, 2, 7, 8, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff, INT64_MAX, ~0ull};

static void mutate(unsigned char *bytes, size_t size, size_t head) {
  for (int count = 1 + (int)(next() % 8); count > 0; count--) {
    size_t place = next() % (next() % 4 ? head : size), length = (size_t)1 << next() % 4;
    uint64_t value = next() % 2 ? next() : borders[next() % (sizeof borders / sizeof *borders)] + next() % 3 - 1;
    if (length > size - place) length = size - place;
    memcpy(bytes + place, &value, length);
  }
}

/// Reads a mutated vDSO, and makes an image of it if it is accepted.
static bool try_image(const unsigned char *vdso, size_t size) {
  static struct image image;
  size_t shorter = next() % 8 ? size : next() % (size + 1);
  // A block of its own, so that the sanitizer sees a read behind its end.
  unsigned char *copy = malloc(size);
  memcpy(copy, vdso, size);
  mutate(copy, size, size < 1024 ? size : 1024);
  bool is_accepted = image_read(&image, copy, shorter) == NULL;
  if (is_accepted) image_fill(&image, next(), next(), next(), next() % 2);
  free(copy);
  return is_accepted;
}

static void write_file(int file, const unsigned char *bytes, size_t size) {
  if (ftruncate(file, 0) != 0 || pwrite(file, bytes, size, 0) != (ssize_t)size) exit(2);
}

int main(int count, char **words) {
  long iterations = count > 1 ? atol(words[1]) : 100000;
  state = count > 2 ? strtoull(words[2], NULL, 10) : 1;
  const struct mappings *mappings = mappings_of(getpid());
  size_t size = mappings ? (size_t)(mappings->vdso_end - mappings->vdso_start) : 0;
  if (!size) return printf("there is no vDSO here\n"), 2;
  const unsigned char *vdso = (const unsigned char *)mappings->vdso_start;
  static struct image image;
  const char *reason = image_read(&image, vdso, size);
  if (reason) return printf("the vDSO of this machine is refused: %s\n", reason), 1;

  char path[] = "/tmp/conform-clock-fuzz-XXXXXX";
  int file = mkstemp(path), program = open("/proc/self/exe", O_RDONLY);
  static unsigned char elf[256 << 10], changed[sizeof elf];
  ssize_t length = read(program, elf, sizeof elf);
  if (file < 0 || length <= 0) return 2;
  long accepted = 0, go = 0, clocks = 0;
  for (long index = 0; index < iterations; index++) {
    accepted += try_image(vdso, size);
    if (index % 16) continue;
    memcpy(changed, elf, (size_t)length);
    mutate(changed, (size_t)length, 1024);
    write_file(file, changed, next() % 4 ? (size_t)length : next() % (size_t)length);
    go += is_go_program(file);
    unsigned char cells[32] = "conform1";
    mutate(cells, sizeof cells, sizeof cells);
    write_file(file, cells, next() % sizeof cells);
    if (cells_open(path) == NULL) {
      clocks++;
      shown_time();
      munmap((void *)helper.cells, sizeof *helper.cells);
      close(helper.file);
    }
  }
  unlink(path);
  printf("%ld mutated inputs: %ld images, %ld Go programs and %ld clocks accepted\n", iterations, accepted, go, clocks);
  return 0;
}
