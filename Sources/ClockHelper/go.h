// Recognizes Go programs.

#ifndef CONFORM_GO_H
#define CONFORM_GO_H

#include <stdbool.h>

/// Whether an ELF file was made by the Go compiler.
bool is_go_program(int file);

#endif
