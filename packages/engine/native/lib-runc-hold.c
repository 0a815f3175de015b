// A restored container stands still from the moment at which its processes are whole until Docker starts it: Docker refuses to start what has ended by
// then, and a job that had little left to do would have.

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keeper.h"
#include "runc.h"

// 0: it has none, or is gone.
static pid_t parent_of(pid_t process) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%d/stat", process);
  FILE *file = fopen(path, "re");
  size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
  if (file) fclose(file);
  text[length] = 0;
  // The name, which may hold anything, ends with the last parenthesis.
  const char *rest = strrchr(text, ')');
  int parent;
  return rest && sscanf(rest, ") %*c %d", &parent) == 1 ? parent : 0;
}

static bool is_of(pid_t init, pid_t process) {
  while (process > 1 && process != init) process = parent_of(process);
  return process == init;
}

// The group above all others that are seen here: of version 2 no other takes processes beside groups.
static bool top_of(const char *folder, char path[PATH_MAX]) {
  char at[PATH_MAX], procs[PATH_MAX + 16];
  path[0] = 0;
  snprintf(at, sizeof at, "%s", folder);
  for (char *slash = strrchr(at, '/'); slash && slash != at; slash = strrchr(at, '/')) {
    *slash = 0;
    snprintf(procs, sizeof procs, "%s/cgroup.procs", at);
    if (access(procs, F_OK) != 0) break;
    if (snprintf(path, PATH_MAX, "%s", procs) >= PATH_MAX) return false;
  }
  return path[0];
}

// runc has CRIU in the container's group, so that what it restores is. It must not stand still with it. False where somebody of it stays.
static bool move_others(const struct freezer *freezer, pid_t init) {
  char procs[PATH_MAX + 16], top[PATH_MAX], number[16];
  snprintf(procs, sizeof procs, "%s/cgroup.procs", freezer->folder);
  FILE *file = top_of(freezer->folder, top) ? fopen(procs, "re") : NULL;
  if (!file) return false;
  bool moved = true;
  int process;
  while (moved && fscanf(file, "%d", &process) == 1) {
    if (is_of(init, process)) continue;
    snprintf(number, sizeof number, "%d", process);
    moved = poke(top, number);
  }
  fclose(file);
  return moved;
}

bool hold(const char *state, pid_t init) {
  struct freezer freezer;
  return init > 1 && read_freezer(state, &freezer) && move_others(&freezer, init) && set_freezer(&freezer, true);
}

// What the note or the freezer could not be used for; as errno has it, where that tells.
static bool stays(const struct line *line, const char *what, const char *path, int reason) {
  char text[2 * PATH_MAX];
  snprintf(text, sizeof text, "the restored container %s cannot be let run: %s %s%s%s", line->id, what, path, reason ? ": " : "", reason ? strerror(reason) : "");
  complain(line, text);
  return false;
}

bool let_go(const struct line *line) {
  struct freezer freezer;
  char path[PATH_MAX];
  if (!state_path(line, path)) return stays(line, "the path of its state is too long below", line->root ? line->root : "/run/runc", 0);
  errno = 0;
  if (!read_freezer(path, &freezer)) return stays(line, "runc's note of it names no freezer,", path, errno);
  errno = 0;
  return set_freezer(&freezer, false) || stays(line, "it stands still, and its freezer takes no word,", freezer.folder, errno);
}
