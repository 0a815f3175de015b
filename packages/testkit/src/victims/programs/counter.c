// Counts in four places: memory, a file it appends to, a shared mapping of a file, and a file that has no name any more. After
// every step it reads all four back; the first difference ends it with status 3.
//
//   counter STEPS

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { line_length = 9 };

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

int main(int argc, char **argv) {
  uint32_t steps = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100;
  int log = open("counter.log", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0644);
  int shared = open("counter.map", O_RDWR | O_CREAT | O_TRUNC, 0644);
  int unnamed = open("counter.gone", O_RDWR | O_CREAT | O_TRUNC, 0600);
  must(log >= 0 && shared >= 0 && unnamed >= 0, "open");
  must(unlink("counter.gone") == 0, "unlink");
  must(ftruncate(shared, 4096) == 0, "ftruncate");
  volatile uint32_t *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
  must(mapped != MAP_FAILED, "mmap");
  for (uint32_t counted = 1; counted <= steps; counted++) {
    dprintf(log, "%08u\n", counted);
    *mapped = counted;
    must(pwrite(unnamed, &counted, sizeof counted, 0) == sizeof counted, "pwrite");
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    uint32_t in_file = appended(log), in_unnamed = 0;
    must(pread(unnamed, &in_unnamed, sizeof in_unnamed, 0) == sizeof in_unnamed, "pread");
    int same = in_file == counted && *mapped == counted && in_unnamed == counted;
    if (counted % 20 == 0 || !same) {
      printf("memory %u file %u map %u unlinked %u\n", counted, in_file, *mapped, in_unnamed);
      fflush(stdout);
    }
    if (!same) return 3;
  }
  return 0;
}
