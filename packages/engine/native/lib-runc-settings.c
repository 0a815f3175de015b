// The launcher's settings: lines `name=value`. Not from the environment: whoever starts a container could set that.

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runc.h"

static bool is_self(const char *path) {
  struct stat self, other;
  return stat("/proc/self/exe", &self) == 0 && stat(path, &other) == 0 && self.st_dev == other.st_dev && self.st_ino == other.st_ino;
}

static bool is_program(const char *path) {
  return path[0] == '/' && access(path, X_OK) == 0 && !is_self(path);
}

// In seconds. A number that is none, or beyond a day, leaves what is usual.
static void set_wait(int64_t *wait_ms, const char *value) {
  char *end;
  long seconds = strtol(value, &end, 10);
  if (end != value && *end == 0 && seconds >= 0 && seconds <= 86400) *wait_ms = seconds * 1000;
}

static void set(struct settings *settings, const char *name, const char *value) {
  if (!strcmp(name, "agentWaitSeconds")) set_wait(&settings->agent_wait_ms, value);
  if (!strcmp(name, "decisionWaitSeconds")) set_wait(&settings->decision_wait_ms, value);
  static const struct {
    const char *name;
    size_t offset;
  } names[] = {{"runc", offsetof(struct settings, runc)},
               {"criu", offsetof(struct settings, criu)},
               {"socket", offsetof(struct settings, socket)},
               {"state", offsetof(struct settings, state)}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    // A relative path would be one of whoever calls us.
    if (!strcmp(names[i].name, name) && value[0] == '/' && strlen(value) < PATH_MAX) strcpy((char *)settings + names[i].offset, value);
  }
}

// Root's alone, or that of whom this runs as.
static bool is_trusted(int fd) {
  struct stat about;
  return fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && (about.st_uid == 0 || about.st_uid == geteuid()) && !(about.st_mode & (S_IWGRP | S_IWOTH));
}

static bool read_file(struct settings *settings, const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return false;
  char text[4 * PATH_MAX];
  ssize_t length = is_trusted(fd) ? read(fd, text, sizeof text - 1) : -1;
  close(fd);
  if (length < 0) return false;
  text[length] = 0;
  for (char *rest, *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
    char *equals = strchr(line, '=');
    if (line[0] == '#' || !equals) continue;
    *equals = 0;
    set(settings, line, equals + 1);
  }
  return true;
}

static bool read_beside(struct settings *settings) {
  char path[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 6);
  if (length <= 0) return false;
  strcpy(path + length, ".conf");
  return read_file(settings, path);
}

// The first program of that name where a system's are.
static bool find(const char *name, char *path) {
  static const char *const folders[] = {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    snprintf(path, PATH_MAX, "%s/%s", folders[i], name);
    if (is_program(path)) return true;
  }
  // Never by a relative path: that would be a program of whoever calls us.
  snprintf(path, PATH_MAX, "/usr/bin/%s", name);
  return false;
}

bool read_settings(struct settings *settings) {
  memset(settings, 0, sizeof *settings);
  strcpy(settings->state, "/run/holdfast");
  settings->agent_wait_ms = 30000;
  settings->decision_wait_ms = 600000;
  if (!read_beside(settings)) read_file(settings, "/etc/holdfast/runc.conf");
  if (!settings->socket[0]) strcpy(settings->socket, "/run/holdfast/agent.sock");
  if (!settings->criu[0]) find("criu", settings->criu);
  // A runc that is no longer where the settings say must not keep containers from starting.
  return is_program(settings->runc) || find("runc", settings->runc);
}
