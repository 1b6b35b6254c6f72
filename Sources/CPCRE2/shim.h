// PCRE2 for text in UTF-8.
#ifndef CONFORM_CPCRE2_SHIM_H
#define CONFORM_CPCRE2_SHIM_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#endif
