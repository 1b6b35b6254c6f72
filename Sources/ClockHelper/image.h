// The second vDSO: a copy of the kernel's with other addresses of functions, and the stubs behind it.

#ifndef CONFORM_IMAGE_H
#define CONFORM_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { IMAGE_MAX_SIZE = 64 << 10, IMAGE_MAX_SYMBOLS = 64 };

/// A function of the kernel's vDSO.
struct image_symbol {
  /// The place of its st_value in the file.
  size_t place;
  /// Its address in the kernel's vDSO, from the start of that.
  uint64_t value;
  /// The offset of the stub that replaces it, in the stubs; -1 where the kernel's stays.
  long stub;
};

struct image {
  /// Copy of the kernel's vDSO, and the stubs from the next page on.
  unsigned char bytes[IMAGE_MAX_SIZE];
  size_t vdso_size, stubs, size;
  struct image_symbol symbols[IMAGE_MAX_SYMBOLS];
  size_t count;
  /// The kernel's functions, from the start of its vDSO; 0 where it has none.
  uint64_t clock_gettime, gettimeofday;
  /// A system call instruction, from the start of the kernel's vDSO.
  uint64_t instruction;
};

/// Reads a vDSO of `size` bytes. Returns NULL, or the reason why it cannot be used.
const char *image_read(struct image *image, const unsigned char *vdso, size_t size);

/// Fills in the addresses for one program: of the kernel's vDSO, of the image itself, and of the clock's cells.
///
/// - direct: The machine's clock is read by a marked system call, not by the kernel's function.
void image_fill(struct image *image, uint64_t kernel, uint64_t address, uint64_t cells, bool direct);

/// The kernel's vDSO in this process, read once; the reason where it cannot be used.
const char *image_of_kernel(struct image **image);

#endif
