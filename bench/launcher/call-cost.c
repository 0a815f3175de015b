// call-cost ROUNDS PROGRAM ARGUMENT...: starts a program again and again, one after the other; prints a line a round: wall time and CPU time
// of the program, in microseconds. Called otherwise it does nothing: the runc that costs nothing.

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double cpu_us(const struct timeval *time) {
  return (double)time->tv_sec * 1e6 + (double)time->tv_usec;
}

int main(int argc, char **argv) {
  int rounds = argc > 2 ? atoi(argv[1]) : 0;
  for (int round = 0; round < rounds; round++) {
    double from = now_us();
    pid_t child;
    int status;
    struct rusage usage;
    if (posix_spawn(&child, argv[2], NULL, NULL, argv + 2, environ) != 0 || wait4(child, &status, 0, &usage) != child || status != 0) return 1;
    printf("%.1f %.1f\n", now_us() - from, cpu_us(&usage.ru_utime) + cpu_us(&usage.ru_stime));
  }
  return 0;
}
