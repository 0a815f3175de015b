// runc refuses `exec` in a container that stands still. One that Docker paused is refused by Docker itself; so one that stands still here does
// so for a snapshot, and goes on soon: health checks and `docker exec` wait for that.

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"
#include "runc.h"

static bool stands_still(const struct freezer *freezer) {
  char path[PATH_MAX + 32], state[256];
  snprintf(path, sizeof path, "%s/%s", freezer->folder, freezer->is_v2 ? "cgroup.events" : "freezer.state");
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t length = read(fd, state, sizeof state - 1);
  close(fd);
  if (length <= 0) return false;
  state[length] = 0;
  return freezer->is_v2 ? strstr(state, "frozen 1") != NULL : strncmp(state, "THAWED", 6) != 0;
}

void await_thaw(const struct line *line, int64_t wait_ms) {
  struct freezer freezer;
  char state[PATH_MAX];
  int64_t end = monotonic_ms() + wait_ms;
  if (!state_path(line, state) || !read_freezer(state, &freezer)) return;
  while (stands_still(&freezer) && monotonic_ms() < end) nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}
