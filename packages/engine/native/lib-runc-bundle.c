// Does a container ask to be protected? Asked for every container of the machine: one search in its configuration answers it for those
// that do not.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "runc.h"

static const char name[] = "MMC_CHECKPOINT_MODE=";
static const size_t largest = 32 << 20;

char *read_whole(const char *path, size_t *length) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat about;
  if (fd < 0) return NULL;
  char *text = fstat(fd, &about) == 0 && (size_t)about.st_size <= largest ? malloc((size_t)about.st_size + 1) : NULL;
  for (*length = 0; text && *length < (size_t)about.st_size;) {
    ssize_t got = read(fd, text + *length, (size_t)about.st_size - *length);
    if (got <= 0) break;
    *length += (size_t)got;
  }
  close(fd);
  return text;
}

// The last one counts: runc gives the container's process that one alone, and the agent reads it so, too.
static bool read_variable(struct json value, void *context) {
  char text[4096];
  if ((size_t)(value.end - value.at) < sizeof name || memcmp(value.at + 1, name, sizeof name - 1) != 0) return true;
  if (!json_string(value, text, sizeof text)) strcpy(text, "MMC_CHECKPOINT_MODE=?");
  const char *mode = text + sizeof name - 1;
  *(bool *)context = *mode && strcmp(mode, "false") != 0 && strcmp(mode, "none") != 0;
  return true;
}

static bool read_process(struct json key, struct json value, void *context) {
  if (json_is(key, "env")) json_elements(value, read_variable, context);
  return true;
}

static bool read_config(struct json key, struct json value, void *context) {
  if (json_is(key, "process")) json_members(value, read_process, context);
  return true;
}

char *read_bundle(const char *bundle, size_t *length) {
  char path[PATH_MAX];
  return snprintf(path, sizeof path, "%s/config.json", bundle) < (int)sizeof path ? read_whole(path, length) : NULL;
}

bool asks_for_protection(const char *bundle) {
  size_t length = 0;
  bool asks = false;
  char *text = read_bundle(bundle, &length);
  if (text && memmem(text, length, name, sizeof name - 1)) json_members((struct json){text, text + length}, read_config, &asks);
  free(text);
  return asks;
}

static bool read_linux(struct json key, struct json value, void *context) {
  return !json_is(key, "cgroupsPath") || json_string(value, context, PATH_MAX);
}

static bool find_linux(struct json key, struct json value, void *context) {
  return !json_is(key, "linux") || json_members(value, read_linux, context);
}

bool read_group(const char *bundle, char group[PATH_MAX]) {
  size_t length = 0;
  char *text = read_bundle(bundle, &length);
  group[0] = 0;
  bool whole = text && json_members((struct json){text, text + length}, find_linux, group);
  free(text);
  return whole && group[0];
}

static bool read_root(struct json key, struct json value, void *context) {
  return !json_is(key, "path") || json_string(value, context, PATH_MAX);
}

static bool find_root(struct json key, struct json value, void *context) {
  return !json_is(key, "root") || json_members(value, read_root, context);
}

// False where the bundle names no folder that its root file system is mounted at.
static bool unclean_note(const char *bundle, char path[PATH_MAX]) {
  char root[PATH_MAX] = "";
  size_t length = 0;
  char *text = read_bundle(bundle, &length);
  if (text) json_members((struct json){text, text + length}, find_root, root);
  free(text);
  char *last = strrchr(root, '/');
  if (root[0] != '/' || last == root) return false;
  *last = 0;
  return snprintf(path, PATH_MAX, "%s/holdfast-unclean", root) < PATH_MAX;
}

bool is_unclean(const char *bundle) {
  char path[PATH_MAX];
  return unclean_note(bundle, path) && access(path, F_OK) == 0;
}

void clear_unclean(const char *bundle) {
  char path[PATH_MAX];
  if (unclean_note(bundle, path)) unlink(path);
}
