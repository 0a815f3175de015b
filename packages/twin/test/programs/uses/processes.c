// Children, their ends, and what a process is allowed.
#include "uses.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static volatile sig_atomic_t told;

static void note(int number) {
  (void)number;
  told = 1;
}

// Orphans below it become its children; a copy must not.
static const char *subreaper(void) {
  struct sigaction action = {.sa_handler = note};
  prctl(PR_SET_NAME, "subreaper");
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) || sigaction(SIGCHLD, &action, NULL)) return "prctl";
  while (goes_on()) {
    usleep(1000);
    if (told) return "SIGCHLD of nobody";
    if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD) return "a child that it did not make";
  }
  return NULL;
}

static const char *zombie(void) {
  while (goes_on()) {
    int status;
    pid_t child = fork();
    if (child == 0) _exit(3);
    siginfo_t info;
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    a_moment();
    if (waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 3) return "not as it ended";
  }
  return NULL;
}

static const char *death_of_parent(void) {
  pid_t child = fork();
  if (child == 0) {
    struct sigaction action = {.sa_handler = note};
    sigaction(SIGUSR2, &action, NULL);
    prctl(PR_SET_PDEATHSIG, SIGUSR2);
    while (goes_on() && !told) a_moment();
    _exit(told ? 1 : 0);
  }
  int status;
  return waitpid(child, &status, 0) == child && status == 0 ? NULL : "it was told of its parent's death";
}

static const char *stopped(void) {
  pid_t child = fork();
  if (child == 0) {
    for (;;) pause();
  }
  const char *wrong = NULL;
  int status;
  while (!wrong && goes_on()) {
    kill(child, SIGSTOP);
    if (waitpid(child, &status, WUNTRACED) != child || !WIFSTOPPED(status)) wrong = "it does not stop";
    a_moment();
    if (!wrong && waitpid(child, &status, WUNTRACED | WCONTINUED | WNOHANG) != 0) wrong = "stopped, or continued, by somebody else";
    kill(child, SIGCONT);
    if (!wrong && (waitpid(child, &status, WCONTINUED) != child || !WIFCONTINUED(status))) wrong = "it does not go on";
  }
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return wrong;
}

// Borrows its memory to its child for a while only: fork comes between.
static const char *lends(void) {
  while (goes_on()) {
    pid_t child = vfork();
    if (child == 0) _exit(4);
    int status;
    if (waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 4) return "another end";
  }
  return NULL;
}

static const char *another_user(void) {
  if (setgroups(0, NULL) || setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)) return "setuid";
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0)) return "prctl";
  while (goes_on()) {
    a_moment();
    if (prctl(PR_GET_DUMPABLE) != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || getuid() != 65534) return "it is allowed more";
  }
  return NULL;
}

const struct use uses_of_processes[] = {{"subreaper", subreaper}, {"zombie", zombie},        {"pdeathsig", death_of_parent},
                                        {"stop", stopped},        {"vfork", lends}, {"nobody", another_user},
                                        {NULL, NULL}};
