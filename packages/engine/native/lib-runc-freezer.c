// The freezer of a container, by what runc has noted of it.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "keeper.h"
#include "runc.h"

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

bool state_path(const struct line *line, char path[PATH_MAX]) {
  return snprintf(path, PATH_MAX, "%s/%s/state.json", line->root ? line->root : "/run/runc", line->id) < PATH_MAX;
}

bool read_freezer(const char *state, struct freezer *freezer) {
  size_t length = 0;
  freezer->folder[0] = 0;
  char *text = read_whole(state, &length);
  bool whole = text && json_members((struct json){text, text + length}, find_paths, freezer);
  free(text);
  return whole && freezer->folder[0];
}

bool set_freezer(const struct freezer *freezer, bool still) {
  char path[PATH_MAX + 32];
  snprintf(path, sizeof path, "%s/%s", freezer->folder, freezer->is_v2 ? "cgroup.freeze" : "freezer.state");
  return poke(path, freezer->is_v2 ? (still ? "1" : "0") : (still ? "FROZEN" : "THAWED"));
}
