// zlib, whose functions for a start are macros.

#pragma once
#include <zlib.h>

/// Compresses fast: what a run compresses is sent once, and mostly made of repetitions.
///
/// - Parameter windowBits: 15 for the format of RFC 1950, 31 for that of RFC 1952.
static inline int czlib_start_deflate(z_stream *stream, int windowBits) {
  return deflateInit2(stream, Z_BEST_SPEED, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
}

static inline int czlib_start_inflate(z_stream *stream, int windowBits) { return inflateInit2(stream, windowBits); }
