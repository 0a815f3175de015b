// holdfast-guard: runs one command that must never outlive Holdfast or its deadline: `runc checkpoint` above all.
//
//   holdfast-guard DEADLINE_MS -- COMMAND ARGUMENT...
//
// The command gets a mount namespace of its own, so that nothing it mounts stays. When standard input reaches its end (Holdfast
// is gone, or gives up) or the time is over, the command and everything it has started is killed. Ends with the command's
// status, 124 for the deadline, 125 where the command could not be started, 130 where Holdfast ended it.

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"

static int children_signal(void) {
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  return signalfd(-1, &children, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int stop(int status) {
  kill_children(10000);
  return status;
}

int main(int argc, char **argv) {
  if (argc < 4 || strcmp(argv[2], "--") != 0) return 125;
  int64_t end = monotonic_ms() + strtoll(argv[1], NULL, 10);
  int children = children_signal();
  // Ctrl-C and the like are for Holdfast to handle.
  for (int number = 1; number < SIGCHLD; number++) if (number != SIGKILL) signal(number, SIG_IGN);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (!private_root(NULL)) return 125;
  const int nothing = -1;
  int silence[2];
  if (pipe(silence) != 0) return 125;
  close(silence[1]);
  pid_t command = spawn(argv + 3, (int[]){silence[0], nothing, nothing});
  if (command < 0) return 125;
  for (;;) {
    int status;
    pid_t ended;
    while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
      if (ended == command) return stop(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
    int64_t left = end - monotonic_ms();
    if (left <= 0) return stop(124);
    struct pollfd waited[2] = {{.fd = children, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
    poll(waited, 2, (int)(left < 1000 ? left : 1000));
    struct signalfd_siginfo ignored;
    while (read(children, &ignored, sizeof ignored) > 0) {}
    char said[16];
    if (waited[1].revents && read(STDIN_FILENO, said, sizeof said) <= 0) return stop(130);
  }
}
