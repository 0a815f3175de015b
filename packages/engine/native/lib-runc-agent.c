// The launcher's side of the agent's socket: lines, each wait bounded. An agent that is gone, hangs or is not root's is of no use, and
// the container starts without it.

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"
#include "runc.h"

static bool trouble(struct agent *agent, const char *what, const char *why) {
  snprintf(agent->trouble, sizeof agent->trouble, "%.255s%s%.200s", what, why ? ": " : "", why ? why : "");
  leave_agent(agent);
  return false;
}

static bool went_away(struct agent *agent, const char *why) {
  agent->gone = true;
  return trouble(agent, "the agent went away", why);
}

static bool serves_root(int fd) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && (peer.uid == 0 || peer.uid == geteuid());
}

bool reach_agent(struct agent *agent, const char *socket_path, int64_t wait_ms) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int64_t end = monotonic_ms() + wait_ms;
  char what[256];
  snprintf(what, sizeof what, "no agent answers at %.200s", socket_path);
  agent->length = agent->used = 0;
  agent->refused = agent->gone = false;
  agent->fd = -1;
  if (strlen(socket_path) >= sizeof address.sun_path) return trouble(agent, what, "the path of its socket is too long");
  strcpy(address.sun_path, socket_path);
  agent->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (agent->fd < 0) return trouble(agent, what, strerror(errno));
  // EAGAIN: those that came before wait to be taken.
  while (connect(agent->fd, (struct sockaddr *)&address, sizeof address) != 0) {
    agent->refused = errno == ECONNREFUSED;
    agent->gone = errno == ENOENT;
    if (errno != EAGAIN || monotonic_ms() >= end) return trouble(agent, what, strerror(errno));
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  }
  return serves_root(agent->fd) || trouble(agent, what, "another user than root serves it");
}

static bool await(struct agent *agent, short events, int64_t end) {
  struct pollfd waited = {.fd = agent->fd, .events = events};
  for (;;) {
    int64_t left = end - monotonic_ms();
    int ready = poll(&waited, 1, left < 0 ? 0 : (int)left);
    if (ready > 0) return true;
    if (ready == 0) return trouble(agent, "the agent does not answer", NULL);
    if (errno != EINTR) return trouble(agent, "the agent cannot be waited for", strerror(errno));
  }
}

bool tell_agent(struct agent *agent, const char *text, size_t length, int64_t wait_ms) {
  int64_t end = monotonic_ms() + wait_ms;
  while (length > 0) {
    ssize_t sent = send(agent->fd, text, length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return went_away(agent, strerror(errno));
    if (sent < 0 && !await(agent, POLLOUT, end)) return false;
    if (sent > 0) text += sent, length -= (size_t)sent;
  }
  return true;
}

bool hear_agent(struct agent *agent, char **line, int64_t wait_ms) {
  int64_t end = monotonic_ms() + wait_ms;
  memmove(agent->heard, agent->heard + agent->used, agent->length - agent->used);
  agent->length -= agent->used;
  agent->used = 0;
  for (;;) {
    char *newline = memchr(agent->heard, '\n', agent->length);
    if (newline) {
      *newline = 0;
      *line = agent->heard;
      agent->used = (size_t)(newline + 1 - agent->heard);
      return true;
    }
    if (agent->length == sizeof agent->heard) return trouble(agent, "the agent's answer has no end", NULL);
    if (!await(agent, POLLIN, end)) return false;
    ssize_t got = recv(agent->fd, agent->heard + agent->length, sizeof agent->heard - agent->length, 0);
    if (got == 0) return went_away(agent, NULL);
    if (got < 0 && errno != EAGAIN && errno != EINTR) return went_away(agent, strerror(errno));
    if (got > 0) agent->length += (size_t)got;
  }
}

void leave_agent(struct agent *agent) {
  if (agent->fd >= 0) close(agent->fd);
  agent->fd = -1;
}
