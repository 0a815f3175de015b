// Counts in two pages far apart, first one, then the other, as fast as it can, and prints both on SIGUSR1. An argument is how many MiB
// more it has touched.
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile sig_atomic_t asked;

static void note(int number) {
  (void)number;
  asked = 1;
}

int main(int argc, char **argv) {
  size_t size = (argc > 1 ? strtoul(argv[1], NULL, 10) : 1) << 20;
  char *memory = mmap(NULL, size + 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  memset(memory, 7, size + 8192);
  volatile uint64_t *first = (uint64_t *)memory, *last = (uint64_t *)(memory + size + 4096);
  *first = *last = 0;
  struct sigaction action = {.sa_handler = note};
  sigaction(SIGUSR1, &action, NULL);
  printf("%p %p\n", (void *)first, (void *)last);
  fflush(stdout);
  for (;;) {
    ++*first;
    ++*last;
    if (!asked) continue;
    asked = 0;
    printf("%llu %llu\n", (unsigned long long)*first, (unsigned long long)*last);
    fflush(stdout);
  }
}
