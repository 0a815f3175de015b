// The end of everybody in a control group.

#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "keeper.h"
#include "pager.h"

void kill_group(const char *procs, const char *freezer, const char *thaw) {
  for (;;) {
    FILE *file = fopen(procs, "re");
    // Gone with its last process.
    if (!file) return;
    int pid, count = 0;
    while (fscanf(file, "%d", &pid) == 1) {
      count++;
      if (pid > 1) kill(pid, SIGKILL);
    }
    fclose(file);
    if (count == 0) return;
    // With version 1 a frozen process dies only when it is thawed.
    poke(freezer, thaw);
    struct timespec pause = {.tv_nsec = 2000000};
    nanosleep(&pause, NULL);
  }
}
