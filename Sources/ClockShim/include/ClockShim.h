#ifndef CONFORM_CLOCK_SHIM_H
#define CONFORM_CLOCK_SHIM_H

#include <stdint.h>

/// "conform1", little-endian: the first cell of a clock's file.
#define CONFORM_CLOCK_MAGIC 0x316d726f666e6f63ull

/// The file that every process of a target maps. conform writes it, the library reads it, each cell atomically.
struct conform_clock_cells {
  uint64_t magic;
  /// Nanoseconds to add to the machine's time, if the clock runs.
  int64_t offset;
  /// Nanoseconds since 1970 at which the clock is stopped, or 0 if it runs.
  int64_t stopped;
};

#endif
