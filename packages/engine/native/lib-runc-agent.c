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

static bool serves_root(struct agent *agent) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(agent->fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
  agent->pid = peer.pid;
  return peer.uid == 0 || peer.uid == geteuid();
}

// Whether it waits for a processor, or has had one since the call before: a machine on which hundreds of containers start at once leaves it little.
static bool is_at_work(const struct agent *agent, unsigned long *ticks) {
  char path[64], text[1024], state = 0;
  unsigned long user = 0, kernel = 0, before = *ticks;
  snprintf(path, sizeof path, "/proc/%d/stat", agent->pid);
  FILE *in = agent->pid > 0 ? fopen(path, "re") : NULL;
  if (!in) return false;
  size_t length = fread(text, 1, sizeof text - 1, in);
  fclose(in);
  text[length] = 0;
  // Its name, in parentheses, may hold anything.
  char *rest = strrchr(text, ')');
  if (!rest || sscanf(rest + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &state, &user, &kernel) != 3) return false;
  *ticks = user + kernel;
  return state == 'R' || *ticks > before;
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
  return serves_root(agent) || trouble(agent, what, "another user than root serves it");
}

static bool await(struct agent *agent, short events, int64_t end) {
  struct pollfd waited = {.fd = agent->fd, .events = events};
  int64_t last = end + agent->patience_ms, turn_ms = end - monotonic_ms();
  unsigned long ticks = 0;
  if (turn_ms < 1000) turn_ms = 1000;
  if (agent->patience_ms) is_at_work(agent, &ticks);
  for (;;) {
    int64_t now = monotonic_ms(), left = end - now;
    int ready = poll(&waited, 1, left < 0 ? 0 : (int)left);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return trouble(agent, "the agent cannot be waited for", strerror(errno));
    if (ready < 0 || monotonic_ms() < end) continue;
    if (end >= last || !is_at_work(agent, &ticks)) return trouble(agent, "the agent does not answer", NULL);
    end += turn_ms;
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
