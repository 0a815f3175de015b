// On cgroup v1 a container sees its own control groups below /sys/fs/cgroup by bind mounts. For those, runc looks up the groups of the process that
// makes them: in `create` that one is in the container's groups already, in `restore` it is runc itself, so that a resumed container would see
// the host's. So runc reads of itself, in its private mount namespace, that it is where the container will be.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "runc.h"

// Lines are `number:controllers:path`; cgroup v2's has no controllers and is the same for all that read it from within.
static bool write_groups(FILE *from, FILE *to, const char *group, bool *differs) {
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, from) > 0) {
    char *path = strchr(line, ':');
    path = path ? strchr(path + 1, ':') : NULL;
    if (path && path[-1] != ':') {
      fprintf(to, "%.*s%s\n", (int)(path + 1 - line), line, group);
      *differs = true;
    } else fputs(line, to);
  }
  free(line);
  return !ferror(to);
}

bool pretend_groups(const char *work, const char *group) {
  char own[64], written[PATH_MAX];
  // systemd's form is SLICE:PREFIX:NAME; a relative one is below the caller's own.
  if (group[0] != '/' || snprintf(written, sizeof written, "%s/cgroup", work) >= PATH_MAX) return false;
  snprintf(own, sizeof own, "/proc/%d/cgroup", getpid());
  int fd = open(written, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  FILE *from = fopen(own, "re"), *to = fd >= 0 ? fdopen(fd, "w") : NULL;
  bool differs = false, whole = from && to && write_groups(from, to, group, &differs);
  if (from) fclose(from);
  if (to && fclose(to) != 0) whole = false;
  // With anything mounted on it /proc cannot be mounted once more in a user namespace, as CRIU does. On version 2 alone nothing has to be.
  return whole && (!differs || mount(written, own, NULL, MS_BIND, NULL) == 0);
}
