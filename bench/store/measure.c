// measure RESULT SYNC COMMAND...: runs COMMAND, then syncs every file and folder below SYNC ("-": nothing), and writes what both cost to RESULT:
// "STATUS WALL_NS CPU_NS PEAK_BYTES\n". Wall time ends when everything is durable. CPU is user and system time of the command and all of its
// descendants. The peak is the largest sum of the resident memory of all of them, sampled every 10 ms, or the kernel's own peak of the largest
// one where that is more. measure --forget FOLDER: takes every file below FOLDER out of the page cache.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { sample_ns = 10 * 1000 * 1000 };

static int64_t monotonic_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t resident_bytes(long pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%ld/statm", pid);
  FILE *file = fopen(path, "re");
  long size = 0, resident = 0;
  if (file == NULL) return 0;
  if (fscanf(file, "%ld %ld", &size, &resident) != 2) resident = 0;
  fclose(file);
  return (int64_t)resident * sysconf(_SC_PAGESIZE);
}

// Sum over all descendants of `pid`; each thread lists the children that it started.
static int64_t descendants_bytes(long pid) {
  char path[300];
  int64_t sum = 0;
  snprintf(path, sizeof path, "/proc/%ld/task", pid);
  DIR *tasks = opendir(path);
  if (tasks == NULL) return 0;
  for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
    if (task->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "/proc/%ld/task/%s/children", pid, task->d_name);
    FILE *children = fopen(path, "re");
    if (children == NULL) continue;
    for (long child; fscanf(children, "%ld", &child) == 1;) sum += resident_bytes(child) + descendants_bytes(child);
    fclose(children);
  }
  closedir(tasks);
  return sum;
}

static int sync_one(const char *path, const struct stat *info, int kind, struct FTW *place) {
  (void)info, (void)place;
  if (kind != FTW_F && kind != FTW_DP) return 0;
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return -1;
  const int status = fsync(file);
  return close(file) != 0 || status != 0 ? -1 : 0;
}

static int forget_one(const char *path, const struct stat *info, int kind, struct FTW *place) {
  (void)info, (void)place;
  if (kind != FTW_F) return 0;
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return -1;
  // Dirty pages cannot be dropped.
  const int status = fsync(file) != 0 || posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0;
  return close(file) != 0 || status != 0 ? -1 : 0;
}

static int walk(const char *folder, int (*one)(const char *, const struct stat *, int, struct FTW *)) {
  if (nftw(folder, one, 32, FTW_PHYS | FTW_DEPTH) == 0) return 0;
  perror(folder);
  return 1;
}

int main(int count, char **arguments) {
  if (count == 3 && strcmp(arguments[1], "--forget") == 0) return walk(arguments[2], forget_one);
  if (count < 4) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A descendant whose parent ended is ours, so that its costs are, too.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  sigset_t ended;
  sigemptyset(&ended);
  sigaddset(&ended, SIGCHLD);
  sigprocmask(SIG_BLOCK, &ended, NULL);
  const int64_t start = monotonic_ns();
  const pid_t command = fork();
  if (command == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_UNBLOCK, &ended, NULL);
    execvp(arguments[3], arguments + 3);
    perror(arguments[3]);
    _exit(127);
  }
  if (command < 0) return 1;
  int64_t peak = 0;
  int status = 0;
  for (int running = 1; running;) {
    const struct timespec pause = {.tv_nsec = sample_ns};
    sigtimedwait(&ended, NULL, &pause);
    int reaped_status;
    for (pid_t reaped; (reaped = waitpid(-1, &reaped_status, WNOHANG)) > 0;)
      if (reaped == command) status = reaped_status, running = 0;
    const int64_t now = descendants_bytes(getpid());
    if (now > peak) peak = now;
  }
  if (strcmp(arguments[2], "-") != 0 && walk(arguments[2], sync_one) != 0) return 1;
  const int64_t wall = monotonic_ns() - start;
  while (waitpid(-1, NULL, 0) > 0) {}
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  if ((int64_t)usage.ru_maxrss * 1024 > peak) peak = (int64_t)usage.ru_maxrss * 1024;
  const int64_t cpu = (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000 + (int64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
  FILE *result = fopen(arguments[1], "we");
  if (result == NULL) return 1;
  fprintf(result, "%d %lld %lld %lld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), (long long)wall, (long long)cpu, (long long)peak);
  return fclose(result) != 0;
}
