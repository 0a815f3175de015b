// What /proc tells of a process.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "twin.h"

bool describe(pid_t pid, pid_t tid, struct description *description) {
  char path[64], text[1024];
  snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, tid);
  if (!read_text(path, text, sizeof text)) return false;
  // The program's name may hold anything, also parentheses and blanks; the last one ends it.
  char *rest = strrchr(text, ')');
  if (!rest || sscanf(rest + 1, " %c %d", &description->state, &description->parent) != 2) return false;
  // The state is field 3, the exit signal field 38.
  rest += 2;
  for (int field = 3; rest && field < 38; field++) rest = strchr(rest + 1, ' ');
  description->exit_signal = rest ? atoi(rest + 1) : -1;
  return true;
}

// The line of /proc/PID/status with its number in each namespace, outermost first; NULL where it is gone.
static char *namespace_line(pid_t pid, char *text, size_t room) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  char *line = read_text(path, text, room) ? strstr(text, "\nNSpid:") : NULL;
  if (!line) return NULL;
  line += strlen("\nNSpid:");
  *strchrnul(line, '\n') = 0;
  return line;
}

pid_t inner_pid(pid_t pid, pid_t seen_by) {
  char text[8192], viewer_text[8192];
  char *viewer = namespace_line(seen_by, viewer_text, sizeof viewer_text), *line = namespace_line(pid, text, sizeof text);
  if (!viewer || !line) return -1;
  // It may be deeper than who sees it.
  long number = -1;
  for (char *end; (void)strtol(viewer, &end, 10), end != viewer; viewer = end) {
    char *rest;
    long at_this_depth = strtol(line, &rest, 10);
    if (rest == line) return -1;
    number = at_this_depth;
    line = rest;
  }
  return (pid_t)number;
}

bool is_named_twin(pid_t pid) {
  char path[64], name[32];
  snprintf(path, sizeof path, "/proc/%d/comm", pid);
  return read_text(path, name, sizeof name) && strcmp(name, "holdfast-twin\n") == 0;
}

bool reaps_strangers(pid_t pid) {
  char path[64], target[4096];
  snprintf(path, sizeof path, "/proc/%d/exe", pid);
  ssize_t length = readlink(path, target, sizeof target - 1);
  if (length < 0) return false;
  target[length] = 0;
  char *name = strrchr(target, '/');
  return name && strcmp(name + 1, "holdfast-init") == 0;
}

pid_t tracer_of(pid_t pid) {
  char path[64], text[8192];
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  char *line = read_text(path, text, sizeof text) ? strstr(text, "\nTracerPid:") : NULL;
  return line ? (pid_t)atoi(line + strlen("\nTracerPid:")) : -1;
}

bool waits_for_vfork(pid_t pid, pid_t tid) {
  char path[64], text[256];
  // The function of the kernel that it waits in, where the kernel has names: kernel_clone, wait_for_vfork_done. A fork waits for locks, too.
  snprintf(path, sizeof path, "/proc/%d/task/%d/wchan", pid, tid);
  if (read_text(path, text, sizeof text) && strcmp(text, "0") != 0) return strstr(text, "clone") || strstr(text, "fork");
  snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", pid, tid);
  if (!read_text(path, text, sizeof text) || text[0] < '0' || text[0] > '9') return false;
  long call = atol(text);
#ifdef SYS_vfork
  if (call == SYS_vfork) return true;
#endif
  return call == SYS_clone || call == SYS_clone3;
}

bool find_vdso(pid_t pid, uint64_t *start, uint64_t *end) {
  char path[64], line[4500];
  snprintf(path, sizeof path, "/proc/%d/maps", pid);
  FILE *file = fopen(path, "re");
  if (!file) return false;
  bool found = false;
  while (!found && fgets(line, sizeof line, file)) {
    unsigned long from, to;
    if (!strstr(line, " [vdso]\n") || sscanf(line, "%lx-%lx", &from, &to) != 2) continue;
    found = true;
    *start = from;
    *end = to;
  }
  fclose(file);
  return found;
}
