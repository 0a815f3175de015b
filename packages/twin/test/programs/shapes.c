// Kinds of memory, a page of each, at addresses that it prints: written before, written once "go" is read, never written, not to be forked. Then it sleeps.
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
  char *pages = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || madvise(pages, 4 * 4096, MADV_NOHUGEPAGE) != 0) return 1;
  pages[0] = pages[4096] = pages[3 * 4096] = 1;
  if (madvise(pages + 3 * 4096, 4096, MADV_DONTFORK) != 0) return 1;
  printf("%lu\n", (unsigned long)pages / 4096);
  fflush(stdout);
  char word[8];
  if (!fgets(word, sizeof word, stdin)) return 1;
  pages[4096] = 2;
  puts("done");
  fflush(stdout);
  for (;;) pause();
}
