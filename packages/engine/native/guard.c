// holdfast-guard: runs one command that must never outlive Holdfast or its deadline: `runc checkpoint` above all.
//
//   holdfast-guard DEADLINE_MS HOOK_FOLDER [--thaw FILE TEXT LONGEST_MS] [--page-socket DESCRIPTOR] [--bind SOURCE TARGET] -- COMMAND ARGUMENT...
//
// The command gets a mount namespace of its own, so that nothing it mounts stays. Ends with the command's status, 124 for the
// deadline, 125 where the command could not be started, 130 where Holdfast ended it.
//
// HOOK_FOLDER (or "-") is where CRIU's hook waits: the guard says "ready" on standard output when it does. On standard input "g" lets
// it go on and "k" kills the command at once. When standard input ends (Holdfast is gone, or gives up), a command that
// has not been let go is killed with all that it has started. One that has is let finish, until the deadline: CRIU has the job in
// its hands then, and a job whose CRIU is killed while it runs a system call in the job's name dies of SIGTRAP.
//
// With --thaw it answers for a job that has no keeper. "f" says that Holdfast freezes the job, "d" that the job runs again; in between the guard
// stays, the command's end is told as "ended STATUS" on standard output, and TEXT is written to FILE once Holdfast is gone and the command through or
// killed, or after LONGEST_MS.
//
// With --page-socket the command has that descriptor, from 4 on: a socket for CRIU's page server that tells it to end.
//
// With --bind the command, and what it starts, sees SOURCE in the place of TARGET; nobody else does.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"

// Ctrl-C and the like are for Holdfast to handle.
static int prepare_signals(void) {
  static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTTIN, SIGTTOU, SIGTSTP, SIGPIPE, SIGUSR1, SIGUSR2};
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  return signalfd(-1, &children, SFD_NONBLOCK | SFD_CLOEXEC);
}

// Both ends open, so that neither side ever waits for the other to open it.
static int open_fifo(const char *folder, const char *name) {
  char path[4200];
  if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) return -1;
  if (mkfifo(path, 0600) != 0 && errno != EEXIST) return -1;
  return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static void tell_ready(void) {
  ssize_t ignored = write(STDOUT_FILENO, "ready\n", 6);
  (void)ignored;
}

static int stop(int status) {
  kill_children(10000);
  return status;
}

// What there is to thaw: where a freezer is told so, by what, and how long it may take until somebody else does.
struct freezer {
  const char *file, *text;
  int64_t longest_ms;
  // When to thaw although Holdfast lives; 0: not frozen by it.
  int64_t thaw_at;
};

static bool is_thawed(const struct freezer *freezer) {
  char state[32] = "";
  int fd = open(freezer->file, O_RDONLY | O_CLOEXEC);
  // Gone with the job.
  if (fd < 0) return true;
  ssize_t length = read(fd, state, sizeof state - 1);
  close(fd);
  return length <= 0 || strncmp(state, freezer->text, strlen(freezer->text)) == 0;
}

// A CRIU that is killed may leave behind what freezes the job again: until it stays thawed.
static void thaw(struct freezer *freezer) {
  if (!freezer->thaw_at) return;
  freezer->thaw_at = 0;
  for (int turn = 0, calm = 0; turn < 600 && calm < 3; turn++) {
    if (is_thawed(freezer)) calm++;
    else calm = 0, poke(freezer->file, freezer->text);
    struct timespec pause = {.tv_nsec = 50000000};
    nanosleep(&pause, NULL);
  }
}

static void tell_ended(int status) {
  char text[32];
  int length = snprintf(text, sizeof text, "ended %d\n", status);
  ssize_t ignored = write(STDOUT_FILENO, text, (size_t)length);
  (void)ignored;
}

int main(int argc, char **argv) {
  struct freezer freezer = {.thaw_at = 0};
  int dashes = 3, page_socket = -1;
  char **bind = NULL;
  for (; dashes < argc && strcmp(argv[dashes], "--") != 0;) {
    const char *option = argv[dashes];
    char **values = argv + dashes + 1;
    if (dashes + 3 < argc && strcmp(option, "--thaw") == 0) {
      freezer = (struct freezer){.file = values[0], .text = values[1], .longest_ms = strtoll(values[2], NULL, 10)};
      dashes += 4;
    } else if (dashes + 1 < argc && strcmp(option, "--page-socket") == 0) {
      page_socket = atoi(values[0]);
      if (page_socket < 4 || !closed_page_server(page_socket)) return 125;
      dashes += 2;
    } else if (dashes + 2 < argc && strcmp(option, "--bind") == 0) {
      bind = values;
      dashes += 3;
    } else {
      return 125;
    }
  }
  if (argc < dashes + 2) return 125;
  int64_t end = monotonic_ms() + strtoll(argv[1], NULL, 10);
  int children = prepare_signals();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  int ready = -1, go = -1;
  if (strcmp(argv[2], "-") != 0) {
    ready = open_fifo(argv[2], "ready");
    go = open_fifo(argv[2], "go");
    if (ready < 0 || go < 0 || setenv("HOLDFAST_HOOK", argv[2], 1) != 0) return 125;
  }
  if (!private_root(NULL) || (bind && !bind_over(bind[0], bind[1]))) return 125;
  int silence = open("/dev/null", O_RDONLY | O_CLOEXEC);
  pid_t command = spawn(argv + dashes + 1, (int[]){silence, -1, -1}, page_socket);
  if (silence < 0 || command < 0) return 125;
  int input = STDIN_FILENO;
  bool let_go = false, orphaned = false, told = false;
  // The command's own end, and what the guard ends with; -1: not yet.
  int result = -1, status = -1;
  for (;;) {
    int how;
    pid_t ended;
    while ((ended = waitpid(-1, &how, WNOHANG)) > 0) {
      if (ended == command) result = orphaned ? 130 : WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
    }
    // A runc that was killed leaves its CRIU to us: that is let finish, too.
    bool alone = ended < 0 && errno == ECHILD;
    if (status < 0 && result >= 0 && (alone || !let_go)) status = stop(result);
    if (status < 0 && monotonic_ms() >= end) status = stop(124);
    if (freezer.thaw_at && ((status >= 0 && orphaned) || monotonic_ms() >= freezer.thaw_at)) thaw(&freezer);
    if (status >= 0 && !freezer.thaw_at) return status;
    if (status >= 0 && !told) {
      told = true;
      tell_ended(status);
    }
    struct pollfd waited[3] = {{.fd = children, .events = POLLIN}, {.fd = input, .events = POLLIN}, {.fd = ready, .events = POLLIN}};
    int64_t left = status >= 0 ? 1000 : end - monotonic_ms();
    poll(waited, 3, (int)(left < 0 ? 0 : left < 1000 ? left : 1000));
    struct signalfd_siginfo ignored;
    while (read(children, &ignored, sizeof ignored) > 0) {}
    char said[16];
    if (waited[2].revents && read(ready, said, sizeof said) > 0) tell_ready();
    if (!waited[1].revents) continue;
    ssize_t length = read(STDIN_FILENO, said, 1);
    if (length <= 0) {
      // Nobody is left to tell; poll leaves a negative descriptor alone.
      input = -1;
      orphaned = true;
      if (!let_go && status < 0) status = stop(130);
    } else if (said[0] == 'k') {
      if (status < 0) status = stop(130);
    } else if (said[0] == 'f' && freezer.file) {
      freezer.thaw_at = monotonic_ms() + freezer.longest_ms;
    } else if (said[0] == 'd') {
      freezer.thaw_at = 0;
    } else if (said[0] == 'g' && go >= 0 && !let_go) {
      let_go = true;
      if (write(go, "g", 1) != 1) status = stop(130);
    }
  }
}
