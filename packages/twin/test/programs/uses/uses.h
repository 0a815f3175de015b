// What the uses share.
#ifndef USES_H
#define USES_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct use {
  const char *name;
  // NULL, or what was wrong.
  const char *(*run)(void);
};

// Each ends with a use without a name.
extern const struct use uses_of_descriptors[], uses_of_locks[], uses_of_time[], uses_of_memory[], uses_of_processes[];

bool goes_on(void);

// Long enough for a freeze to fall in between.
static inline void a_moment(void) {
  usleep(2000);
}

#endif
