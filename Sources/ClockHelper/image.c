// Reads the kernel's vDSO, and makes the second one from it. All offsets are checked: this part is fuzzed.

#include "image.h"

#include <elf.h>
#include <string.h>

extern const unsigned char stub_begin[], stub_end[], stub_cells[], stub_kernel[], stub_machine[], stub_zone[];
extern const unsigned char stub_gettime[], stub_timeofday[], stub_time[], stub_marked[];

#if defined(__x86_64__)
#define MACHINE EM_X86_64
static const unsigned char call_instruction[] = {0x0f, 0x05};
#elif defined(__aarch64__)
#define MACHINE EM_AARCH64
static const unsigned char call_instruction[] = {0x01, 0x00, 0x00, 0xd4};
#endif

enum { PAGE = 4096 };

/// The functions that read the wall clock, by machine: x86-64 and arm64.
static const struct {
  const char *name;
  const unsigned char *stub;
} replaced[] = {
    {"__vdso_clock_gettime", stub_gettime}, {"clock_gettime", stub_gettime},
    {"__vdso_gettimeofday", stub_timeofday}, {"gettimeofday", stub_timeofday},
    {"__vdso_time", stub_time}, {"time", stub_time},
    {"__kernel_clock_gettime", stub_gettime}, {"__kernel_gettimeofday", stub_timeofday},
};

/// Whether `count` items of `size` bytes from `offset` on are in the file.
static bool holds(size_t file, uint64_t offset, uint64_t size, uint64_t count) {
  uint64_t length;
  return !__builtin_mul_overflow(size, count, &length) && offset <= file && length <= file - offset;
}

/// The dynamic section's tables that are needed here.
struct tables {
  uint64_t symbols, strings, strings_size, hash, gnu_hash;
};

/// Reads the program headers. Blanks the unwind table, since it does not describe the stubs.
static bool read_headers(struct image *image, struct tables *tables) {
  unsigned char *bytes = image->bytes;
  size_t size = image->vdso_size;
  Elf64_Ehdr header;
  memcpy(&header, bytes, sizeof header);
  if (header.e_phentsize != sizeof(Elf64_Phdr) || !holds(size, header.e_phoff, sizeof(Elf64_Phdr), header.e_phnum))
    return false;
  Elf64_Phdr dynamic = {0};
  bool is_loaded = false;
  for (unsigned index = 0; index < header.e_phnum; index++) {
    Elf64_Phdr segment;
    unsigned char *place = bytes + header.e_phoff + index * sizeof segment;
    memcpy(&segment, place, sizeof segment);
    // Addresses of the file are offsets in it: the kernel's vDSO has one segment, from address zero on.
    if (segment.p_type == PT_LOAD) {
      if (is_loaded || segment.p_vaddr != 0 || segment.p_offset != 0) return false;
      is_loaded = true;
    }
    if (segment.p_type == PT_DYNAMIC) dynamic = segment;
    if (segment.p_type == PT_GNU_EH_FRAME) {
      segment.p_type = PT_NULL;
      memcpy(place, &segment, sizeof segment);
    }
  }
  if (!is_loaded || !dynamic.p_filesz || !holds(size, dynamic.p_offset, 1, dynamic.p_filesz)) return false;
  for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic.p_filesz; at += sizeof(Elf64_Dyn)) {
    Elf64_Dyn entry;
    memcpy(&entry, bytes + dynamic.p_offset + at, sizeof entry);
    if (entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_SYMTAB) tables->symbols = entry.d_un.d_ptr;
    if (entry.d_tag == DT_STRTAB) tables->strings = entry.d_un.d_ptr;
    if (entry.d_tag == DT_STRSZ) tables->strings_size = entry.d_un.d_val;
    if (entry.d_tag == DT_HASH) tables->hash = entry.d_un.d_ptr;
    if (entry.d_tag == DT_GNU_HASH) tables->gnu_hash = entry.d_un.d_ptr;
  }
  return tables->symbols && tables->strings && holds(size, tables->strings, 1, tables->strings_size);
}

/// The number of symbols. The old hash table has it; in the new one it is behind the end of the last chain.
static uint64_t symbol_count(const struct image *image, const struct tables *tables) {
  const unsigned char *bytes = image->bytes;
  size_t size = image->vdso_size;
  uint32_t words[4];
  if (tables->hash && holds(size, tables->hash, 4, 2)) {
    memcpy(words, bytes + tables->hash, 8);
    return words[1];
  }
  if (!tables->gnu_hash || !holds(size, tables->gnu_hash, 4, 4)) return 0;
  memcpy(words, bytes + tables->gnu_hash, sizeof words);
  uint64_t buckets = tables->gnu_hash + 16 + (uint64_t)words[2] * 8, chains = buckets + (uint64_t)words[0] * 4;
  if (!holds(size, buckets, 4, words[0])) return 0;
  uint32_t last = 0, entry;
  for (uint32_t index = 0; index < words[0]; index++) {
    memcpy(&entry, bytes + buckets + index * 4ull, 4);
    if (entry > last) last = entry;
  }
  if (last < words[1]) return 0;
  for (;; last++) {
    uint64_t place = chains + (uint64_t)(last - words[1]) * 4;
    if (!holds(size, place, 4, 1)) return 0;
    memcpy(&entry, bytes + place, 4);
    if (entry & 1) return last + 1ull;
  }
}

/// The stub that replaces the function of this name; NULL if none does.
static const unsigned char *stub_for(const char *name) {
  for (size_t index = 0; index < sizeof replaced / sizeof *replaced; index++)
    if (strcmp(name, replaced[index].name) == 0) return replaced[index].stub;
  return NULL;
}

static const char *read_symbols(struct image *image, const struct tables *tables) {
  uint64_t count = symbol_count(image, tables);
  if (!count || !holds(image->vdso_size, tables->symbols, sizeof(Elf64_Sym), count)) return "its symbols are not found";
  for (uint64_t index = 1; index < count; index++) {
    Elf64_Sym symbol;
    size_t place = tables->symbols + index * sizeof symbol;
    memcpy(&symbol, image->bytes + place, sizeof symbol);
    unsigned type = ELF64_ST_TYPE(symbol.st_info);
    bool is_function = type == STT_FUNC || type == STT_NOTYPE;
    if (!is_function || symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_ABS) continue;
    if (symbol.st_name >= tables->strings_size || symbol.st_value >= image->vdso_size) return "a symbol is outside it";
    const char *name = (const char *)image->bytes + tables->strings + symbol.st_name;
    if (!memchr(name, 0, tables->strings_size - symbol.st_name)) return "a name has no end";
    if (image->count == IMAGE_MAX_SYMBOLS) return "it has too many symbols";
    const unsigned char *stub = stub_for(name);
    image->symbols[image->count++] = (struct image_symbol){
        place + offsetof(Elf64_Sym, st_value), symbol.st_value, stub ? (long)(stub - stub_begin) : -1};
    if (stub == stub_gettime) image->clock_gettime = symbol.st_value;
    if (stub == stub_timeofday) image->gettimeofday = symbol.st_value;
  }
  return image->clock_gettime && image->gettimeofday ? NULL : "it has no function that reads the wall clock";
}

const char *image_read(struct image *image, const unsigned char *vdso, size_t size) {
  size_t stubs = (size_t)(stub_end - stub_begin);
  memset(image, 0, sizeof *image);
  if (size < sizeof(Elf64_Ehdr) || size + PAGE + stubs > IMAGE_MAX_SIZE) return "its size is unusual";
  memcpy(image->bytes, vdso, size);
  image->vdso_size = size;
  image->stubs = (size + PAGE - 1) / PAGE * PAGE;
  image->size = image->stubs + stubs;
  Elf64_Ehdr header;
  memcpy(&header, vdso, sizeof header);
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != MACHINE)
    return "it is not an ELF file of this machine";
  struct tables tables = {0};
  if (!read_headers(image, &tables)) return "its headers are unusual";
  const char *reason = read_symbols(image, &tables);
  if (reason) return reason;
  size_t step = sizeof call_instruction == 2 ? 1 : 4;
  // From the first function on: before it are tables.
  size_t at = image->symbols[0].value;
  for (size_t index = 1; index < image->count; index++)
    if (image->symbols[index].value < at) at = image->symbols[index].value;
  for (; at + sizeof call_instruction <= size; at += step) {
    if (memcmp(vdso + at, call_instruction, sizeof call_instruction) != 0) continue;
    image->instruction = at;
    memcpy(image->bytes + image->stubs, stub_begin, stubs);
    return NULL;
  }
  return "it has no system call";
}

static void put(struct image *image, const unsigned char *word, uint64_t value) {
  memcpy(image->bytes + image->stubs + (word - stub_begin), &value, sizeof value);
}

void image_fill(struct image *image, uint64_t kernel, uint64_t address, uint64_t cells, bool direct) {
  for (size_t index = 0; index < image->count; index++) {
    const struct image_symbol *symbol = &image->symbols[index];
    // Loaders add the address of the image, modulo 2^64.
    uint64_t value = symbol->stub < 0 ? kernel + symbol->value - address : image->stubs + (uint64_t)symbol->stub;
    memcpy(image->bytes + symbol->place, &value, sizeof value);
  }
  uint64_t own = kernel + image->clock_gettime;
  put(image, stub_cells, cells);
  put(image, stub_kernel, own);
  put(image, stub_machine, direct ? address + image->stubs + (uint64_t)(stub_marked - stub_begin) : own);
  put(image, stub_zone, kernel + image->gettimeofday);
}
