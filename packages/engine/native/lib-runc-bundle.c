// Does a container ask to be protected? Asked for every container of the machine: one search in its configuration answers it for those
// that do not.

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "runc.h"

static const char name[] = "MMC_CHECKPOINT_MODE=";
static const size_t largest = 32 << 20;

static char *read_whole(const char *path, size_t *length) {
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

// The last one counts, as for whoever reads the environment that runc makes of it.
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

bool asks_for_protection(const char *bundle) {
  char path[PATH_MAX];
  size_t length = 0;
  bool asks = false;
  if (snprintf(path, sizeof path, "%s/config.json", bundle) >= (int)sizeof path) return false;
  char *text = read_whole(path, &length);
  if (text && memmem(text, length, name, sizeof name - 1)) json_members((struct json){text, text + length}, read_config, &asks);
  free(text);
  return asks;
}
