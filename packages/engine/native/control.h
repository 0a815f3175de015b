// The line protocol of holdfast-keeper's control socket, version 1.
#ifndef HOLDFAST_CONTROL_H
#define HOLDFAST_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

struct control {
  // -1 once Holdfast is gone.
  int fd;
  size_t length;
  char heard[1024];
};

struct request {
  long id;
  char verb[16];
  long number;
};

__attribute__((format(printf, 2, 3))) void tell(struct control *control, const char *format, ...);
// Reads what came and answers each whole line; false where the other side is gone.
bool hear(struct control *control, void (*answer)(struct control *, const struct request *, void *), void *context);

#endif
