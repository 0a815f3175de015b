// Counts in four places: memory, a file it appends to, a shared mapping of a file, and a file that has no name any more. After
// every step it reads all four back; the first difference ends it with status 3. With MIB it has so much memory, of which each step
// writes one page in 64 and looks at some others: each must hold what its last step wrote. All of them are looked at every 100 steps,
// and at once where the wall clock says that it did not run for a while.
//
//   counter STEPS [MIB]

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { line_length = 9, page_words = 512, rewritten_every = 64, looked_at = 64, whole_every = 100 };

static void must(int good, const char *what) {
  if (good) return;
  perror(what);
  exit(2);
}

static uint32_t appended(int file) {
  struct stat status;
  must(fstat(file, &status) == 0, "fstat");
  char line[line_length + 1] = "";
  must(pread(file, line, line_length, status.st_size - line_length) == line_length, "pread counter.log");
  uint32_t last = (uint32_t)strtoul(line, NULL, 10);
  // Every step left one line: the size counts too.
  return status.st_size == (off_t)last * line_length ? last : UINT32_MAX;
}

// The last step that wrote the page, 0 for none.
static uint32_t last_written(size_t page, uint32_t counted) {
  uint32_t turn = (uint32_t)(page % rewritten_every), since = (counted % rewritten_every + rewritten_every - turn) % rewritten_every;
  return counted > since ? counted - since : 0;
}

static uint64_t mixed(size_t page, uint32_t step) {
  uint64_t value = (page + 1) * 0x9e3779b97f4a7c15u ^ step * 0xbf58476d1ce4e5b9u;
  return value ^ value >> 29;
}

static void write_page(uint64_t *memory, size_t page, uint32_t step) {
  for (size_t word = 0; word < page_words; word++) memory[page * page_words + word] = mixed(page, step) + word;
}

// In its first and its last word, and in one between them.
static int page_is_right(const uint64_t *memory, size_t page, uint32_t counted) {
  const uint64_t *words = memory + page * page_words, first = mixed(page, last_written(page, counted));
  size_t between = (counted + page) % page_words;
  return words[0] == first && words[between] == first + between && words[page_words - 1] == first + page_words - 1;
}

static int memory_is_right(const uint64_t *memory, size_t pages, uint32_t counted, int whole) {
  for (size_t look = 0; look < (whole ? pages : looked_at) && pages > 0; look++) {
    size_t page = whole ? look : (counted * 7919u + look * 104729u) % pages;
    if (page_is_right(memory, page, counted)) continue;
    printf("page %zu is not of step %u\n", page, last_written(page, counted));
    return 0;
  }
  return 1;
}

static double wall_seconds(void) {
  struct timespec now;
  must(clock_gettime(CLOCK_REALTIME, &now) == 0, "clock_gettime");
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  uint32_t steps = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100;
  size_t pages = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) * 256 : 0;
  uint64_t *memory = pages == 0 ? NULL : mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  must(memory != MAP_FAILED, "mmap");
  for (size_t page = 0; page < pages; page++) write_page(memory, page, 0);
  int log = open("counter.log", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0644);
  int shared = open("counter.map", O_RDWR | O_CREAT | O_TRUNC, 0644);
  int unnamed = open("counter.gone", O_RDWR | O_CREAT | O_TRUNC, 0600);
  must(log >= 0 && shared >= 0 && unnamed >= 0, "open");
  must(unlink("counter.gone") == 0, "unlink");
  must(ftruncate(shared, 4096) == 0, "ftruncate");
  volatile uint32_t *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
  must(mapped != MAP_FAILED, "mmap");
  double before = wall_seconds();
  for (uint32_t counted = 1; counted <= steps; counted++) {
    for (size_t page = counted % rewritten_every; page < pages; page += rewritten_every) write_page(memory, page, counted);
    dprintf(log, "%08u\n", counted);
    *mapped = counted;
    must(pwrite(unnamed, &counted, sizeof counted, 0) == sizeof counted, "pwrite");
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    uint32_t in_file = appended(log), in_unnamed = 0;
    must(pread(unnamed, &in_unnamed, sizeof in_unnamed, 0) == sizeof in_unnamed, "pread");
    int same = in_file == counted && *mapped == counted && in_unnamed == counted;
    double now = wall_seconds();
    same = same && memory_is_right(memory, pages, counted, counted % whole_every == 0 || now - before > 0.1);
    before = now;
    if (counted % 20 == 0 || !same) {
      printf("memory %u file %u map %u unlinked %u\n", counted, in_file, *mapped, in_unnamed);
      fflush(stdout);
    }
    if (!same) return 3;
  }
  return 0;
}
