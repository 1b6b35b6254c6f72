// Recognizes Go programs by the build information in their file.
//
// A time that such a program keeps in memory contains a reading of the monotonic clock, which does not move with the
// wall clock: conform starts the simulated time so late that Go leaves that reading out.

#include "go.h"

#include <elf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TABLE_SIZE = 64 << 10, DATA_SIZE = 64 << 10 };

static const char section_name[] = ".go.buildinfo", magic[] = "\xff Go buildinf:";

/// Reads up to `most` bytes; returns the number of bytes.
static size_t read_part(int file, uint64_t offset, uint64_t size, void *bytes, size_t most) {
  if (offset > INT64_MAX) return 0;
  ssize_t count = pread(file, bytes, size < most ? size : most, (off_t)offset);
  return count > 0 ? (size_t)count : 0;
}

/// The section of the build information has a name of its own, unless the file has no names any more.
static bool has_section(int file, const Elf64_Ehdr *header, unsigned char *table, unsigned char *names) {
  if (header->e_shentsize != sizeof(Elf64_Shdr) || header->e_shstrndx >= header->e_shnum) return false;
  size_t size = read_part(file, header->e_shoff, (uint64_t)header->e_shnum * sizeof(Elf64_Shdr), table, TABLE_SIZE);
  size_t count = size / sizeof(Elf64_Shdr);
  if (header->e_shstrndx >= count) return false;
  Elf64_Shdr section;
  memcpy(&section, table + header->e_shstrndx * sizeof section, sizeof section);
  size_t length = read_part(file, section.sh_offset, section.sh_size, names, TABLE_SIZE);
  for (size_t index = 0; index < count; index++) {
    memcpy(&section, table + index * sizeof section, sizeof section);
    if (section.sh_name < length && length - section.sh_name >= sizeof section_name &&
        memcmp(names + section.sh_name, section_name, sizeof section_name) == 0)
      return true;
  }
  return false;
}

/// The build information is at the start of the data, aligned to 16 bytes.
static bool has_magic(int file, const Elf64_Ehdr *header, unsigned char *table, unsigned char *data) {
  if (header->e_phentsize != sizeof(Elf64_Phdr)) return false;
  size_t size = read_part(file, header->e_phoff, (uint64_t)header->e_phnum * sizeof(Elf64_Phdr), table, TABLE_SIZE);
  for (size_t at = 0; at + sizeof(Elf64_Phdr) <= size; at += sizeof(Elf64_Phdr)) {
    Elf64_Phdr segment;
    memcpy(&segment, table + at, sizeof segment);
    if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_W)) continue;
    size_t length = read_part(file, segment.p_offset, segment.p_filesz, data, DATA_SIZE);
    for (size_t place = 0; place + sizeof magic <= length; place += 16)
      if (memcmp(data + place, magic, sizeof magic - 1) == 0) return true;
    return false;
  }
  return false;
}

bool is_go_program(int file) {
  Elf64_Ehdr header;
  if (read_part(file, 0, sizeof header, &header, sizeof header) != sizeof header) return false;
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB)
    return false;
  unsigned char *table = malloc(TABLE_SIZE), *data = malloc(DATA_SIZE > TABLE_SIZE ? DATA_SIZE : TABLE_SIZE);
  bool is_go = table && data && (has_section(file, &header, table, data) || has_magic(file, &header, table, data));
  free(table);
  free(data);
  return is_go;
}
