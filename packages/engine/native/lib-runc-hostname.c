// A resumed container has the host name of the one that was dumped; it gets that of the new one's bundle, by which its /etc/hosts knows it.

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "keeper.h"
#include "runc.h"

struct names {
  char host[256], domain[256];
};

static bool read_name(struct json key, struct json value, void *context) {
  struct names *names = context;
  if (json_is(key, "hostname")) return json_string(value, names->host, sizeof names->host);
  if (json_is(key, "domainname")) return json_string(value, names->domain, sizeof names->domain);
  return true;
}

static bool read_names(const char *bundle, struct names *names) {
  size_t length = 0;
  char *text = read_bundle(bundle, &length);
  memset(names, 0, sizeof *names);
  bool whole = text && json_members((struct json){text, text + length}, read_name, names);
  free(text);
  return whole;
}

static bool is_same(int one, int other) {
  struct stat first, second;
  return fstat(one, &first) != 0 || fstat(other, &second) != 0 || (first.st_dev == second.st_dev && first.st_ino == second.st_ino);
}

void name_container(const struct line *line, const char *bundle) {
  struct names names;
  char path[64];
  int64_t init = line->pid_file ? read_number(line->pid_file) : -1;
  if (init <= 1 || !read_names(bundle, &names)) return;
  snprintf(path, sizeof path, "/proc/%lld/ns/uts", (long long)init);
  int own = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC), its = open(path, O_RDONLY | O_CLOEXEC);
  // Never the machine's own name: a container may share that.
  if (own >= 0 && its >= 0 && !is_same(own, its) && setns(its, CLONE_NEWUTS) == 0) {
    int ignored = names.host[0] ? sethostname(names.host, strlen(names.host)) : 0;
    if (names.domain[0]) ignored |= setdomainname(names.domain, strlen(names.domain));
    if (setns(own, CLONE_NEWUTS) != 0) ignored = -1;
    (void)ignored;
  }
  if (own >= 0) close(own);
  if (its >= 0) close(its);
}
