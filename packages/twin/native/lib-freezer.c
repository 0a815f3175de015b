// The freezer of either kind of control groups.

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "twin.h"

bool is_frozen(const struct freezer *freezer) {
  char path[4200], text[512];
  snprintf(path, sizeof path, "%s/%s", freezer->directory, freezer->is_v2 ? "cgroup.events" : "freezer.state");
  if (!read_text(path, text, sizeof text)) return false;
  return freezer->is_v2 ? strstr(text, "frozen 1") != NULL : strncmp(text, "FROZEN", 6) == 0;
}

bool set_frozen(const struct freezer *freezer, bool frozen) {
  char path[4200];
  snprintf(path, sizeof path, "%s/%s", freezer->directory, freezer->is_v2 ? "cgroup.freeze" : "freezer.state");
  if (freezer->is_v2) return write_text(path, frozen ? "1" : "0");
  return write_text(path, frozen ? "FROZEN" : "THAWED");
}

void freeze_again(const struct freezer *freezer) {
  if (is_caller_gone()) return;
  set_frozen(freezer, true);
  if (is_caller_gone()) set_frozen(freezer, false);
}

bool await_frozen(const struct freezer *freezer, int64_t end_ms) {
  for (int turn = 0; !is_frozen(freezer); turn++) {
    if (monotonic_ms() >= end_ms || is_caller_gone()) return false;
    // Version 1 looks again only when it is told again.
    if (turn % 50 == 49) freeze_again(freezer);
    sleep_us(turn < 20 ? 50 : 1000);
  }
  return true;
}

bool each_member(const char *directory, bool (*take)(pid_t pid, void *context), void *context) {
  char path[4600];
  if (snprintf(path, sizeof path, "%s/cgroup.procs", directory) >= (int)sizeof path || !each_number(path, take, context)) return false;
  DIR *folder = opendir(directory);
  if (!folder) return false;
  bool going_on = true;
  for (struct dirent *entry; going_on && (entry = readdir(folder));) {
    if (entry->d_type != DT_DIR || entry->d_name[0] == '.') continue;
    going_on = snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) < (int)sizeof path && each_member(path, take, context);
  }
  closedir(folder);
  return going_on;
}
