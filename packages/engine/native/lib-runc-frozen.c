// runc refuses `exec` in a container that stands still. One that Docker paused is refused by Docker itself; so one that stands still here does
// so for a snapshot, and goes on soon: health checks and `docker exec` wait for that.

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "keeper.h"
#include "runc.h"

struct freezer {
  char folder[PATH_MAX];
  bool is_v2;
};

// Version 2 has one group, under no name.
static bool read_path(struct json key, struct json value, void *context) {
  struct freezer *freezer = context;
  if (!json_is(key, "freezer") && !json_is(key, "")) return true;
  freezer->is_v2 = json_is(key, "");
  return json_string(value, freezer->folder, sizeof freezer->folder);
}

static bool find_paths(struct json key, struct json value, void *context) {
  return !json_is(key, "cgroup_paths") || json_members(value, read_path, context);
}

static bool find_freezer(const struct line *line, struct freezer *freezer) {
  char path[PATH_MAX];
  size_t length = 0;
  freezer->folder[0] = 0;
  if (snprintf(path, sizeof path, "%s/%s/state.json", line->root ? line->root : "/run/runc", line->id) >= PATH_MAX) return false;
  char *text = read_whole(path, &length);
  bool whole = text && json_members((struct json){text, text + length}, find_paths, freezer);
  free(text);
  return whole && freezer->folder[0];
}

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
  int64_t end = monotonic_ms() + wait_ms;
  if (!find_freezer(line, &freezer)) return;
  while (stands_still(&freezer) && monotonic_ms() < end) nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}
