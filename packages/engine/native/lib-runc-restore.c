// runc's restore, bounded: in a mount namespace of its own, under a deadline, with a log that cannot grow for ever. What it says goes to
// files of the work folder.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"
#include "runc.h"

// From damaged images CRIU can loop for ever, a line each turn.
static const off_t largest_log = 64 << 20;
static const int turn_ms = 200, removal_ms = 10000;
// A runc that is not waiting takes note of its CRIU's end at once.
static const int64_t unnoticed_ms = 5000;

struct words {
  char *at[64];
  int count;
};

static void add(struct words *words, const char *word, const char *value) {
  words->at[words->count++] = (char *)word;
  if (value) words->at[words->count++] = (char *)value;
  words->at[words->count] = NULL;
}

static bool begin_words(struct words *words, const struct settings *settings, const struct line *line, const char *log) {
  words->count = 0;
  if (line->command > 32) return false;
  add(words, settings->runc, NULL);
  words->count += global_words(line, words->at + words->count);
  add(words, "--log", log);
  add(words, "--log-format", "json");
  return true;
}

static bool below(char path[PATH_MAX], const char *folder, const char *name) {
  return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
}

static const char *const mark_name = "criu-by-launcher";

// A runc that is a script may put a CRIU of its own before this program. What that restores would write to a file, and could not be saved any more.
static bool was_criu_ours(const char *work) {
  char path[PATH_MAX];
  if (below(path, work, mark_name) && access(path, F_OK) == 0) return true;
  int fd = below(path, work, "launcher.log") ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
  if (fd >= 0) {
    dprintf(fd, "holdfast-runc: runc started a CRIU of its own choice\n");
    close(fd);
  }
  return false;
}

// A folder with this program under the name of CRIU, first on runc's PATH; runc >= 1.2 has no other way to be told.
static bool put_before_criu(const struct settings *settings, const char *work) {
  char folder[PATH_MAX], link[PATH_MAX], self[PATH_MAX], path[2 * PATH_MAX], number[16];
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length <= 0 || !below(folder, work, "bin") || !below(link, folder, "criu")) return false;
  self[length] = 0;
  if ((mkdir(folder, 0700) != 0 && errno != EEXIST) || (unlink(link) != 0 && errno != ENOENT) || symlink(self, link) != 0) return false;
  // CRIU's own folder has what it calls by name.
  const char *slash = strrchr(settings->criu, '/'), *before = getenv("PATH");
  snprintf(path, sizeof path, "%s:%.*s:%s", folder, slash ? (int)(slash - settings->criu) : 0, settings->criu, before ? before : "/usr/sbin:/usr/bin:/sbin:/bin");
  snprintf(number, sizeof number, "%d", getppid());
  char mark[PATH_MAX];
  if (!below(mark, work, mark_name) || (unlink(mark) != 0 && errno != ENOENT) || setenv(criu_mark_variable, mark, 1) != 0) return false;
  return setenv("PATH", path, 1) == 0 && setenv(streams_variable, number, 1) == 0 && setenv(criu_variable, settings->criu, 1) == 0;
}

// Within a text of the configuration the quotes would be escaped.
static bool has_own_users(const char *bundle) {
  static const char word[] = "\"uidMappings\"";
  size_t length = 0;
  char *text = read_bundle(bundle, &length);
  bool has = text && memmem(text, length, word, sizeof word - 1);
  free(text);
  return has;
}

// Whatever CRIU mounts, and leaves when it is killed, goes with the namespace; what others mount meanwhile is seen in it.
static bool prepare(const struct settings *settings, const char *work, const char *bundle) {
  char group[PATH_MAX];
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) != 0 || !put_before_criu(settings, work)) return false;
  if (has_own_users(bundle) && setenv(uncover_variable, "1", 1) != 0) return false;
  // A container that sees other groups than its own runs all the same.
  if (read_group(bundle, group)) pretend_groups(work, group);
  return true;
}

// The child's part; of a restore where there is a bundle.
static _Noreturn void start(const struct settings *settings, const struct line *line, const struct words *words, const char *work, const char *bundle) {
  char quiet[PATH_MAX], state[PATH_MAX];
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (bundle && (!state_path(line, state) || setenv(held_variable, state, 1) != 0 || !prepare(settings, work, bundle))) _exit(126);
  int fd = below(quiet, work, "runc.out") ? open(quiet, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
  int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (fd < 0 || nothing < 0 || dup2(nothing, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0) _exit(126);
  execv(words->at[0], words->at);
  _exit(127);
}

static bool log_is_too_large(const char *work) {
  char path[PATH_MAX];
  struct stat about;
  return below(path, work, "restore.log") && stat(path, &about) == 0 && about.st_size > largest_log;
}

static int status_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Waits for the child. What CRIU had begun to restore may hold the socket on which a runc waits for its CRIU that is gone: such a
// runc is ended before its deadline.
static struct outcome watch(pid_t child, const char *work, int64_t deadline_ms) {
  struct outcome outcome = {.status = 124};
  int64_t end = monotonic_ms() + deadline_ms, unnoticed_since = 0;
  int process = (int)syscall(SYS_pidfd_open, child, 0);
  for (;;) {
    int status;
    if (waitpid(child, &status, WNOHANG) == child) {
      outcome.status = status_of(status);
      break;
    }
    int64_t now = monotonic_ms();
    if (now >= end) {
      outcome.timed_out = true;
      break;
    }
    if ((outcome.log_overflow = log_is_too_large(work))) break;
    if (!has_dead_child(child)) unnoticed_since = 0;
    else if (!unnoticed_since) unnoticed_since = now;
    else if (now - unnoticed_since > unnoticed_ms) break;
    struct pollfd waited = {.fd = process, .events = POLLIN};
    poll(&waited, 1, end - now < turn_ms ? (int)(end - now) : turn_ms);
  }
  if (process >= 0) close(process);
  return outcome;
}

static struct outcome run(const struct settings *settings, const struct line *line, const struct words *words, const char *work, const char *bundle, int64_t deadline_ms) {
  struct outcome failed = {.status = 125};
  // Orphans of what is started here come to this process, so that all of it can be ended. A container that runs goes on to the shim.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t child = fork();
  if (child == 0) start(settings, line, words, work, bundle);
  struct outcome outcome = child < 0 ? failed : watch(child, work, deadline_ms);
  if (outcome.status != 0) kill_children(removal_ms);
  // It would last through exec, and runc's own orphans are the shim's.
  prctl(PR_SET_CHILD_SUBREAPER, 0);
  return outcome;
}

struct outcome restore(const struct settings *settings, const struct line *line, const struct message *how) {
  struct words words;
  char log[PATH_MAX];
  const char *bundle = line->bundle ? line->bundle : ".";
  struct outcome failed = {.status = 125};
  if (mkdir(how->work, 0700) != 0 && errno != EEXIST) return failed;
  if (!below(log, how->work, "runc.log") || !begin_words(&words, settings, line, log)) return failed;
  add(&words, "restore", "--detach");
  add(&words, "--bundle", bundle);
  if (line->pid_file) add(&words, "--pid-file", line->pid_file);
  if (line->console_socket) add(&words, "--console-socket", line->console_socket);
  if (line->no_pivot) add(&words, "--no-pivot", NULL);
  add(&words, "--image-path", how->images);
  add(&words, "--work-path", how->work);
  add(&words, line->id, NULL);
  struct outcome outcome = run(settings, line, &words, how->work, bundle, how->deadline_ms);
  if (outcome.status == 0 && !was_criu_ours(how->work)) outcome.status = 125;
  if (outcome.status == 0) name_container(line, bundle);
  else remove_container(settings, line, how->work);
  return outcome;
}

void remove_container(const struct settings *settings, const struct line *line, const char *work) {
  struct words words;
  char log[PATH_MAX];
  if (!below(log, work, "runc.log") || !begin_words(&words, settings, line, log)) return;
  add(&words, "delete", "--force");
  add(&words, line->id, NULL);
  run(settings, line, &words, work, NULL, removal_ms);
}
