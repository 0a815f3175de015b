// While pages of a resumed job are missing: copies of its userfaultfds, so that the end of the pager does not let the job read zeros.

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"
#include "lazy.h"
#include "pager.h"

static void raise_limit(void) {
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

// The file of the freezer's group that tells its processes.
static bool find_procs(struct lazy *lazy) {
  char copy[4096];
  if (snprintf(copy, sizeof copy, "%s", lazy->freezer) >= (int)sizeof copy) return false;
  return snprintf(lazy->procs, sizeof lazy->procs, "%s/cgroup.procs", dirname(copy)) < (int)sizeof lazy->procs;
}

bool start_lazy(struct lazy *lazy) {
  lazy->fd = -1;
  if (!lazy->pager) return true;
  int ends[2], silence = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (silence < 0 || !find_procs(lazy) || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return false;
  raise_limit();
  char *const command[] = {(char *)lazy->pager, "--folder",   (char *)lazy->folder, "--procs", lazy->procs, "--freezer", (char *)lazy->freezer, "--thaw",
                           (char *)lazy->thaw,  "--patience-ms", (char *)lazy->patience_ms, NULL};
  pid_t child = fork();
  if (child == 0) {
    setsid();
    for (int i = 0; i < 3; i++) dup2(silence, i);
    if (dup2(ends[1], 3) < 0) _exit(125);
    if (ends[1] == 3) fcntl(3, F_SETFD, 0);
    close_range(4, ~0U, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(command[0], command);
    _exit(126);
  }
  close(silence);
  close(ends[1]);
  lazy->fd = ends[0];
  lazy->pid = child;
  if (child < 0) return false;
  // It is there before CRIU looks for it.
  struct timeval limit = {.tv_sec = 20};
  setsockopt(lazy->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  struct keeper_word word;
  if (recv(lazy->fd, &word, sizeof word, 0) != (ssize_t)sizeof word || word.kind != 'R') return false;
  fcntl(lazy->fd, F_SETFL, O_NONBLOCK);
  return true;
}

static void hold(struct lazy *lazy, int fd, uint32_t id) {
  if (lazy->count == lazy->room) {
    lazy->room = lazy->room * 2 + 64;
    lazy->held = realloc(lazy->held, lazy->room * sizeof *lazy->held);
    if (!lazy->held) abort();
  }
  lazy->held[lazy->count++] = (struct held){.fd = fd, .id = id};
}

static void let_go(struct lazy *lazy, uint32_t id) {
  for (size_t i = 0; i < lazy->count; i++) {
    if (lazy->held[i].id != id) continue;
    close(lazy->held[i].fd);
    lazy->held[i] = lazy->held[--lazy->count];
    return;
  }
}

static void let_all_go(struct lazy *lazy) {
  for (size_t i = 0; i < lazy->count; i++) close(lazy->held[i].fd);
  lazy->count = 0;
  close(lazy->fd);
  lazy->fd = -1;
}

bool is_lazy(const struct lazy *lazy) {
  return lazy->fd >= 0;
}

// Its socket does not tell at once: the spare has it too, until it has ended the job.
static bool pager_ended(const struct lazy *lazy) {
  siginfo_t info = {.si_pid = 0};
  return waitid(P_PID, (id_t)lazy->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ? errno == ECHILD : info.si_pid != 0;
}

static void hear_words(struct lazy *lazy) {
  while (lazy->fd >= 0 && !lazy->lost) {
    struct keeper_word word;
    int passed = -1;
    union {
      struct cmsghdr head;
      char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {.iov_base = &word, .iov_len = sizeof word};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t got = recvmsg(lazy->fd, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    struct cmsghdr *head = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (head && head->cmsg_type == SCM_RIGHTS) memcpy(&passed, CMSG_DATA(head), sizeof passed);
    if (got != (ssize_t)sizeof word || word.kind == 'F' || (word.kind == 'U' && passed < 0)) lazy->lost = true;
    else if (word.kind == 'U') hold(lazy, passed, word.id);
    else if (word.kind == 'C') let_go(lazy, word.id);
    else if (word.kind == 'D') {
      lazy->whole = true;
      let_all_go(lazy);
    }
  }
}

void hear_lazy(struct lazy *lazy) {
  // Asked first: what it said before its end lies in the socket then.
  bool ended = is_lazy(lazy) && pager_ended(lazy);
  hear_words(lazy);
  if (ended && !lazy->whole) lazy->lost = true;
}

void end_lazy(struct lazy *lazy) {
  if (lazy->fd < 0) return;
  kill_group(lazy->procs, lazy->freezer, lazy->thaw);
  let_all_go(lazy);
}
