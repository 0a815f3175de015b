// holdfast-init: pid 1 of a job's pid namespace. Starts CMD, passes signals on, reaps orphans, ends with CMD's status.
//
// A program must not be pid 1 itself: the kernel drops every signal it has no handler for, so abort(), SIGPIPE and SIGTERM
// would not end it. When this process ends, the kernel kills whatever is left in the namespace.
//
// It is part of every snapshot, so it holds nothing but a mask of blocked signals and one blocking call.

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void reset_signals(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++) sigaction(number, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become(char **command) {
  setsid();
  reset_signals();
  execvp(command[0], command);
  int reason = errno;
  dprintf(STDERR_FILENO, "holdfast: cannot run \"%s\": %s\n", command[0], strerror(reason));
  // As shells have it: 127 for what is not there, 126 for what cannot be executed.
  _exit(reason == ENOENT || reason == ENOTDIR ? 127 : 126);
}

// Every signal but those that report a fault of this process itself.
static void fill_watched(sigset_t *watched) {
  static const int own_faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
  sigfillset(watched);
  for (size_t i = 0; i < sizeof own_faults / sizeof *own_faults; i++) sigdelset(watched, own_faults[i]);
}

// Ends this process once `main_child` has ended; returns when there is nothing more to reap.
static void reap(pid_t main_child) {
  for (;;) {
    int status;
    pid_t ended = waitpid(-1, &status, WNOHANG);
    if (ended == main_child) _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    if (ended > 0 || (ended < 0 && errno == EINTR)) continue;
    return;
  }
}

int main(int argc, char **argv) {
  if (argc < 3 || strcmp(argv[1], "--") != 0) {
    dprintf(STDERR_FILENO, "usage: holdfast-init -- COMMAND [ARGUMENT]...\n");
    return 125;
  }
  sigset_t watched;
  fill_watched(&watched);
  sigprocmask(SIG_SETMASK, &watched, NULL);
  pid_t child = fork();
  if (child < 0) {
    dprintf(STDERR_FILENO, "holdfast: cannot start \"%s\": %s\n", argv[2], strerror(errno));
    return 125;
  }
  if (child == 0) become(argv + 2);
  for (;;) {
    // A dump interrupts the call with EINTR; a signal of before the dump is still pending after the restore.
    int number = sigwaitinfo(&watched, NULL);
    if (number == SIGCHLD) reap(child);
    else if (number > 0) kill(child, number);
  }
}
