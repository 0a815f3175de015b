// What the calls of one container have to know of each other, and what the agent has to know of containers that started without it.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "keeper.h"
#include "runc.h"

// An agent that never comes back shall not fill the machine's memory.
static const off_t longest_list = 1 << 20;
// A container may be sent a signal every second of its life.
static const off_t longest_note = 1 << 16;

static bool path_of(char path[PATH_MAX], const struct settings *settings, const char *kind, const char *id) {
  return snprintf(path, PATH_MAX, "%s/%s/%s", settings->state, kind, id) < PATH_MAX;
}

// The file of that kind, made where it is not there; -1 where it cannot be.
static int open_note(const struct settings *settings, const char *kind, const char *id) {
  char folder[PATH_MAX], path[PATH_MAX];
  if (!path_of(path, settings, kind, id) || snprintf(folder, sizeof folder, "%s/%s", settings->state, kind) >= PATH_MAX) return -1;
  if (mkdir(settings->state, 0700) != 0 && errno != EEXIST) return -1;
  if (mkdir(folder, 0700) != 0 && errno != EEXIST) return -1;
  return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
}

bool mark(const struct settings *settings, const char *kind, const char *id) {
  int fd = open_note(settings, kind, id);
  return fd >= 0 && close(fd) == 0;
}

void note_signal(const struct settings *settings, const char *id, int signal) {
  int fd = open_note(settings, "killed", id);
  if (fd < 0) return;
  struct stat about;
  struct timespec now;
  char text[64];
  clock_gettime(CLOCK_REALTIME, &now);
  int length = snprintf(text, sizeof text, "%d %lld\n", signal, (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000);
  // The newest one tells most.
  if (fstat(fd, &about) == 0 && about.st_size >= longest_note && ftruncate(fd, 0) != 0) length = 0;
  // One write: launchers at the same time must not mix their lines.
  ssize_t ignored = write(fd, text, (size_t)length);
  (void)ignored;
  close(fd);
}

bool is_marked(const struct settings *settings, const char *kind, const char *id) {
  char path[PATH_MAX];
  return path_of(path, settings, kind, id) && access(path, F_OK) == 0;
}

void unmark(const struct settings *settings, const char *kind, const char *id) {
  char path[PATH_MAX];
  if (path_of(path, settings, kind, id)) unlink(path);
}

bool is_agent_expected(const struct settings *settings) {
  char path[PATH_MAX];
  struct stat about;
  struct timespec now;
  if (snprintf(path, sizeof path, "%s/agent-expected", settings->state) >= PATH_MAX || stat(path, &about) != 0) return false;
  clock_gettime(CLOCK_REALTIME, &now);
  return about.st_size == 0 || read_number(path) > (int64_t)now.tv_sec * 1000;
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
