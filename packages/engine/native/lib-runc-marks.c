// What the calls of one container have to know of each other, and what the agent has to know of containers that started without it.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "runc.h"

// An agent that never comes back shall not fill the machine's memory.
static const off_t longest_list = 1 << 20;

static bool path_of(char path[PATH_MAX], const struct settings *settings, const char *kind, const char *id) {
  return snprintf(path, PATH_MAX, "%s/%s/%s", settings->state, kind, id) < PATH_MAX;
}

bool mark(const struct settings *settings, const char *kind, const char *id) {
  char folder[PATH_MAX], path[PATH_MAX];
  if (!path_of(path, settings, kind, id) || snprintf(folder, sizeof folder, "%s/%s", settings->state, kind) >= PATH_MAX) return false;
  if (mkdir(settings->state, 0700) != 0 && errno != EEXIST) return false;
  if (mkdir(folder, 0700) != 0 && errno != EEXIST) return false;
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  return fd >= 0 && close(fd) == 0;
}

bool is_marked(const struct settings *settings, const char *kind, const char *id) {
  char path[PATH_MAX];
  return path_of(path, settings, kind, id) && access(path, F_OK) == 0;
}

void unmark(const struct settings *settings, const char *kind, const char *id) {
  char path[PATH_MAX];
  if (path_of(path, settings, kind, id)) unlink(path);
}

void note_unprotected(const struct settings *settings, const char *id, const char *reason) {
  char path[PATH_MAX], *text = NULL;
  size_t length;
  if (snprintf(path, sizeof path, "%s/unprotected", settings->state) >= PATH_MAX) return;
  mkdir(settings->state, 0700);
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return;
  struct stat about;
  FILE *out = fstat(fd, &about) == 0 && about.st_size < longest_list ? open_memstream(&text, &length) : NULL;
  if (out) {
    fputs("{\"id\":", out);
    json_quote(out, id);
    fputs(",\"reason\":", out);
    json_quote(out, reason);
    fputs("}\n", out);
    // One write: launchers at the same time must not mix their lines.
    ssize_t ignored = fclose(out) == 0 ? write(fd, text, length) : 0;
    (void)ignored;
    free(text);
  }
  close(fd);
}
