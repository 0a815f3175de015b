// Starting and ending processes, and the small files that tell about them.

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"

int64_t monotonic_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

pid_t spawn(char *const command[], const int streams[3], int kept) {
  pid_t child = fork();
  if (child != 0) return child;
  // Out of the terminal's foreground group: its Ctrl-C is Holdfast's to handle, and would end runc and CRIU half done.
  setsid();
  for (int i = 0; i < 3; i++) {
    if (streams[i] >= 0 && dup2(streams[i], i) < 0) _exit(125);
  }
  if (kept > 3) close_range(3, (unsigned)kept - 1, 0);
  close_range(kept > 3 ? (unsigned)kept + 1 : 3, ~0U, 0);
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execvp(command[0], command);
  _exit(errno == ENOENT ? 127 : 126);
}

// State and parent of a process; false where it is gone.
static bool read_stat(pid_t pid, char *state, pid_t *parent) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return false;
  text[length] = 0;
  // The program's name may hold anything, also parentheses and blanks; the last one ends it.
  char *after = strrchr(text, ')');
  return after && sscanf(after + 1, " %c %d", state, parent) == 2;
}

// Calls for each child of a process, until one call is true, which it returns. /proc/*/task/*/children needs a kernel option, so /proc/*/stat it is.
static bool any_child(pid_t parent, bool (*is_it)(pid_t child, char state)) {
  DIR *proc = opendir("/proc");
  if (!proc) return false;
  bool found = false;
  for (struct dirent *entry; !found && (entry = readdir(proc));) {
    pid_t pid = (pid_t)atoi(entry->d_name), its_parent;
    char state;
    if (pid > 1 && read_stat(pid, &state, &its_parent) && its_parent == parent) found = is_it(pid, state);
  }
  closedir(proc);
  return found;
}

static bool is_dead(pid_t child, char state) {
  (void)child;
  return state == 'Z';
}

bool has_dead_child(pid_t parent) {
  return any_child(parent, is_dead);
}

static bool some_child;

static bool kill_child(pid_t child, char state) {
  some_child = true;
  if (state != 'Z') kill(child, SIGKILL);
  return false;
}

// Sends SIGKILL to each child; false where there is none.
static bool kill_each_child(void) {
  some_child = false;
  any_child(getpid(), kill_child);
  return some_child;
}

bool kill_children(int64_t deadline_ms) {
  int64_t end = monotonic_ms() + deadline_ms;
  for (;;) {
    bool any = kill_each_child();
    while (waitpid(-1, NULL, WNOHANG) > 0) any = true;
    if (!any) return true;
    if (monotonic_ms() >= end) return false;
    struct timespec pause = {.tv_nsec = 5000000};
    nanosleep(&pause, NULL);
  }
}

int64_t read_number(const char *path) {
  char text[64];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return -1;
  text[length] = 0;
  char *end;
  long long number = strtoll(text, &end, 10);
  return end == text ? -1 : number;
}

bool write_whole(const char *path, const char *text) {
  char temporary[4200];
  if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary) return false;
  int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return false;
  bool whole = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
  if (close(fd) != 0) whole = false;
  return whole && rename(temporary, path) == 0;
}

bool poke(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool whole = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
  close(fd);
  return whole;
}

void not_for_lack_of_memory(void) {
  poke("/proc/self/oom_score_adj", "-1000");
}
