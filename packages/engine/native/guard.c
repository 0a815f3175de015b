// holdfast-guard: runs one command that must never outlive Holdfast or its deadline: `runc checkpoint` above all.
//
//   holdfast-guard DEADLINE_MS HOOK_FOLDER -- COMMAND ARGUMENT...
//
// The command gets a mount namespace of its own, so that nothing it mounts stays. Ends with the command's status, 124 for the
// deadline, 125 where the command could not be started, 130 where Holdfast ended it.
//
// HOOK_FOLDER (or "-") is where CRIU's hook waits: the guard says "ready" on standard output when it does. On standard input "g" lets
// it go on and "k" kills the command at once. When standard input ends (Holdfast is gone, or gives up), a command that
// has not been let go is killed with all that it has started. One that has is let finish, until the deadline: CRIU has the job in
// its hands then, and a job whose CRIU is killed while it runs a system call in the job's name dies of SIGTRAP.

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

int main(int argc, char **argv) {
  if (argc < 5 || strcmp(argv[3], "--") != 0) return 125;
  int64_t end = monotonic_ms() + strtoll(argv[1], NULL, 10);
  int children = prepare_signals();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  int ready = -1, go = -1;
  if (strcmp(argv[2], "-") != 0) {
    ready = open_fifo(argv[2], "ready");
    go = open_fifo(argv[2], "go");
    if (ready < 0 || go < 0 || setenv("HOLDFAST_HOOK", argv[2], 1) != 0) return 125;
  }
  if (!private_root(NULL)) return 125;
  int silence = open("/dev/null", O_RDONLY | O_CLOEXEC);
  pid_t command = spawn(argv + 4, (int[]){silence, -1, -1});
  if (silence < 0 || command < 0) return 125;
  int input = STDIN_FILENO;
  bool let_go = false, orphaned = false;
  int result = -1;
  for (;;) {
    int status;
    pid_t ended;
    while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
      if (ended == command) result = orphaned ? 130 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    // A runc that was killed leaves its CRIU to us: that is let finish, too.
    bool alone = ended < 0 && errno == ECHILD;
    if (result >= 0 && (alone || !let_go)) return stop(result);
    int64_t left = end - monotonic_ms();
    if (left <= 0) return stop(124);
    struct pollfd waited[3] = {{.fd = children, .events = POLLIN}, {.fd = input, .events = POLLIN}, {.fd = ready, .events = POLLIN}};
    poll(waited, 3, (int)(left < 1000 ? left : 1000));
    struct signalfd_siginfo ignored;
    while (read(children, &ignored, sizeof ignored) > 0) {}
    char said[16];
    if (waited[2].revents && read(ready, said, sizeof said) > 0) tell_ready();
    if (!waited[1].revents) continue;
    ssize_t length = read(STDIN_FILENO, said, 1);
    if (length <= 0) {
      if (!let_go) return stop(130);
      // Nobody is left to tell; poll leaves a negative descriptor alone.
      input = -1;
      orphaned = true;
    } else if (said[0] == 'k') {
      return stop(130);
    } else if (said[0] == 'g' && go >= 0 && !let_go) {
      let_go = true;
      if (write(go, "g", 1) != 1) return stop(130);
    }
  }
}
