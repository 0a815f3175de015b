// holdfast-runc: an OCI runtime for Docker and containerd that is runc, but for containers that ask for snapshots. Those it creates as the
// node's agent says: anew, or out of their job's newest snapshot. Every other call becomes the real runc at once.
//
// docs/containers-docker.md has the protocol and the settings.

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "keeper.h"
#include "runc.h"

static const int64_t kill_ms = 200, started_ms = 1000, freeze_ms = 60000;

// Best effort: waits for a line in answer, so that the agent knows before what follows happens.
// True where the agent has heard of it.
static bool inform(const struct settings *settings, const char *call, const char *id, int signal, int64_t wait_ms) {
  static struct agent agent;
  size_t length;
  char *line, *text = short_call(call, id, signal, &length);
  bool heard = text && reach_agent(&agent, settings->socket, wait_ms) && tell_agent(&agent, text, length, wait_ms) && hear_agent(&agent, &line, wait_ms);
  leave_agent(&agent);
  free(text);
  return heard;
}

// As runc takes it: a number, or a name with SIG or without. 0 where it is neither.
static int signal_number(const char *text) {
  if (!text) return SIGTERM;
  char *end;
  long number = strtol(text, &end, 10);
  if (end != text && *end == 0) return number > 0 && number < NSIG ? (int)number : 0;
  const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
  for (int each = 1; each < NSIG; each++) {
    const char *known = sigabbrev_np(each);
    if (known && strcasecmp(known, name) == 0) return each;
  }
  return 0;
}

static int start(const struct settings *settings, const struct line *line) {
  // It is whole since its `create`, and stands still.
  if (is_marked(settings, "restored", line->id)) return let_go(line) ? 0 : 1;
  if (!is_marked(settings, "protected", line->id)) become_runc(settings, line);
  // What was relayed to the container's life before. Not sooner: an agent that comes before runc has made the container notes how that life ended.
  unmark(settings, "killed", line->id);
  int status = run_runc(settings, line);
  if (status == 0) inform(settings, "started", line->id, 0, started_ms);
  return status;
}

static bool is_agents(const struct settings *settings, const char *id) {
  return is_marked(settings, "restored", id) || is_marked(settings, "protected", id);
}

static _Noreturn void kill_container(const struct settings *settings, const struct line *line) {
  if (is_agents(settings, line->id)) {
    int signal = signal_number(line->second);
    note_signal(settings, line->id, signal);
    inform(settings, "kill", line->id, signal, kill_ms);
  }
  become_runc(settings, line);
}

static int delete_container(const struct settings *settings, const struct line *line) {
  if (!is_agents(settings, line->id)) become_runc(settings, line);
  int status = run_runc(settings, line);
  if (status == 0) {
    unmark(settings, "restored", line->id);
    unmark(settings, "protected", line->id);
    // Last: the agent may look at it while it notes the end. One that was not there looks at it when it comes, and removes it.
    if (inform(settings, "deleted", line->id, 0, started_ms)) unmark(settings, "killed", line->id);
  }
  return status;
}

static _Noreturn void execute(const struct settings *settings, const struct line *line) {
  if (is_agents(settings, line->id)) await_thaw(line, freeze_ms);
  become_runc(settings, line);
}

// A container that is stopped while a snapshot has it in hand would never get out of that. The agent says when it may be, and takes no snapshot as long
// as the connection is open.
static int pause_container(const struct settings *settings, const struct line *line) {
  static struct agent agent;
  size_t length;
  char *answer, *text;
  if (!is_agents(settings, line->id)) become_runc(settings, line);
  int64_t end = monotonic_ms() + freeze_ms;
  text = short_call("pause", line->id, 0, &length);
  bool reached = text && reach_agent(&agent, settings->socket, started_ms) && tell_agent(&agent, text, length, started_ms);
  if (!reached || !hear_agent(&agent, &answer, freeze_ms)) await_thaw(line, end - monotonic_ms());
  free(text);
  int status = run_runc(settings, line);
  leave_agent(&agent);
  return status;
}

int main(int argc, char **argv) {
  const char *slash = strrchr(argv[0], '/');
  if (!strcmp(slash ? slash + 1 : argv[0], "criu")) become_criu(argv);
  static struct settings settings;
  struct line line = read_line(argc, argv);
  if (!read_settings(&settings)) become_runc(&settings, &line);
  if (is_command(&line, "create")) return create(&settings, &line);
  if (is_command(&line, "start")) return start(&settings, &line);
  if (is_command(&line, "kill")) kill_container(&settings, &line);
  if (is_command(&line, "delete")) return delete_container(&settings, &line);
  if (is_command(&line, "exec")) execute(&settings, &line);
  if (is_command(&line, "pause")) return pause_container(&settings, &line);
  become_runc(&settings, &line);
}
