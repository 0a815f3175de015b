// uses FILE NAME...: one child for each name, each of which makes use of something that a copy of it might disturb, and checks it again and again until the
// file is there. "NAME fine" or "NAME wrong: WHAT" a child, then "all N": the children that there were.
#include "uses/uses.h"

#include <sys/wait.h>

static const struct use *const lists[] = {uses_of_descriptors, uses_of_locks, uses_of_time, uses_of_memory, uses_of_processes};
static const char *stop_file;

bool goes_on(void) {
  return access(stop_file, F_OK) != 0;
}

static const char *run(const char *name) {
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    for (const struct use *use = lists[i]; use->name; use++) {
      if (strcmp(use->name, name) == 0) return use->run();
    }
  }
  return "no such use";
}

int main(int argc, char **argv) {
  stop_file = argv[1];
  for (int i = 2; i < argc; i++) {
    if (fork() != 0) continue;
    const char *wrong = run(argv[i]);
    if (wrong) dprintf(1, "%s wrong: %s (%s)\n", argv[i], wrong, strerror(errno));
    else dprintf(1, "%s fine\n", argv[i]);
    _exit(0);
  }
  dprintf(1, "ready\n");
  int ended = 0;
  while (waitpid(-1, NULL, 0) > 0) ended++;
  dprintf(1, "all %d\n", ended);
  // Whoever asks is answered while it is there.
  for (char byte; read(0, &byte, 1) == 1;) {}
  return 0;
}
