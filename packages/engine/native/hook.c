// holdfast-hook: CRIU's action script. At a dump CRIU needs a while to look at the kernel before it looks at the job; the job runs on
// meanwhile and is frozen only when CRIU says, by this program, that it is about to begin.
//
// holdfast-guard makes the two FIFOs in the folder HOLDFAST_HOOK and holds their other ends: a byte in `ready` says that CRIU
// waits, a byte in `go` lets it begin, the end of `go` (the guard is gone) stops the dump.
//
// At a restore of a container by holdfast-runc, which names runc's note of it in HOLDFAST_HELD, the container's processes are stopped before the first of them
// runs: the launcher has them run when Docker starts the container. One that cannot be stopped runs at once.

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runc.h"

static int open_in(const char *folder, const char *name, int flags) {
  char path[4200];
  if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) return -1;
  return open(path, flags | O_NONBLOCK | O_CLOEXEC);
}

int main(void) {
  const char *folder = getenv("HOLDFAST_HOOK"), *action = getenv("CRTOOLS_SCRIPT_ACTION"), *held = getenv(held_variable), *init = getenv("CRTOOLS_INIT_PID");
  if (held && init && action && !strcmp(action, "pre-resume") && !hold(held, atoi(init))) fprintf(stderr, "holdfast-hook: the container was not stopped before its start\n");
  if (!folder || !action || strcmp(action, "pre-dump") != 0) return 0;
  int go = open_in(folder, "go", O_RDONLY), ready = open_in(folder, "ready", O_WRONLY);
  if (go < 0 || ready < 0 || write(ready, "r", 1) != 1) return 1;
  struct pollfd waited = {.fd = go, .events = POLLIN};
  char said;
  while (poll(&waited, 1, -1) < 0) {}
  return read(go, &said, 1) == 1 ? 0 : 1;
}
