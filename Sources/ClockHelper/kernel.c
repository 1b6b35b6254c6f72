// The kernel's vDSO, as this process has it: it is the same for all programs.

#include "clock.h"
#include "image.h"
#include "memory.h"

#include <unistd.h>

const char *image_of_kernel(struct image **image) {
  static struct image own;
  static const char *reason;
  static bool is_read;
  if (!is_read) {
    is_read = true;
    const struct mappings *mappings = mappings_of(getpid());
    if (!mappings || !mappings->vdso_start)
      reason = "the kernel gives no vDSO";
    else
      reason = image_read(
          &own, (const unsigned char *)mappings->vdso_start, (size_t)(mappings->vdso_end - mappings->vdso_start));
  }
  *image = &own;
  return reason;
}
