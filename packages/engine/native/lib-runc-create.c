// `create` of a container that asks to be protected: the agent says what is to be done. Whatever becomes of the agent, the container
// starts, as long as its files are as its image has them and its job is not known to have snapshots.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"
#include "runc.h"

static const int64_t connect_ms = 1000, silence_ms = 5000, turn_ms = 100;
// For one that is silent, but at work.
static const int64_t patience_ms = 120000;
// A restart takes about that long, and is nobody's to read of.
static const int64_t untold_ms = 2000;

// The agent is of no use: `trouble` says why.
static const int lost = -1;

struct creation {
  const struct settings *settings;
  const struct line *line;
  struct agent agent;
  // `resuming`: its job has snapshots. `touched`: the root file system is no longer as the image has it. `restored`: the container runs.
  bool resuming, touched, restored;
  // Since when there is no agent, though one is expected; 0: that has not been.
  int64_t without_since;
  bool told;
  char work[PATH_MAX], bundle[PATH_MAX];
};

#define START_AGENT "`systemctl start holdfast-agent`, or `holdfast agent` without systemd"

static const char unclean[] = "this container's root file system is not whole: the agent was lost while it put files back, so it was not started; start the agent (" START_AGENT "), then the container again";

// The container runs, or nothing of it does and `create` fails.
static int give_up(struct creation *creation, const char *text) {
  if (creation->restored) remove_container(creation->settings, creation->line, creation->work);
  unmark(creation->settings, "restored", creation->line->id);
  complain(creation->line, text);
  return 1;
}

static int go_on_without(struct creation *creation, const char *why) {
  char text[1024];
  if (creation->restored) {
    // Its agent did not live to say so, and the next one may come after its end.
    clear_unclean(creation->bundle);
    snprintf(text, sizeof text, "this container was resumed, and runs, but its agent was lost (%s): until it is back no snapshot is taken; start it by " START_AGENT "", why);
    say(text);
    return 0;
  }
  if (creation->touched) {
    snprintf(text, sizeof text, "the agent was lost while it put this container's files back (%s); its root file system is not whole, so it was not started: start the agent (" START_AGENT "), then the container again", why);
    return give_up(creation, text);
  }
  if (is_unclean(creation->bundle)) return give_up(creation, unclean);
  if (creation->resuming) {
    snprintf(text, sizeof text, "this container's job has snapshots, and the agent that was to bring it back is of no use (%s): it was not started, since starting anew would lose what it has done; start the agent (" START_AGENT "), then the container again", why);
    return give_up(creation, text);
  }
  snprintf(text, sizeof text, "this container runs unprotected, no snapshot of it is taken: %s; start the agent by " START_AGENT ", then the container again", why);
  say(text);
  note_unprotected(creation->settings, creation->line->id, why);
  // An agent that took note of the container before it was lost, or the next one, protects it once it runs: its signals must not be missed by then.
  mark(creation->settings, "protected", creation->line->id);
  become_runc(creation->settings, creation->line);
}

static bool call(struct creation *creation, char *text, size_t length) {
  if (!text) snprintf(creation->agent.trouble, sizeof creation->agent.trouble, "memory is short");
  bool told = text && tell_agent(&creation->agent, text, length, silence_ms);
  free(text);
  return told;
}

// False where the agent cannot be told.
static bool resume(struct creation *creation, const struct message *message) {
  const char *id = creation->line->id;
  struct outcome outcome = {.status = 125};
  char text[256];
  if (creation->restored) remove_container(creation->settings, creation->line, creation->work);
  strcpy(creation->work, message->work);
  // Before it runs: without the note its `start` would fail.
  if (mark(creation->settings, "restored", id)) outcome = restore(creation->settings, creation->line, message);
  creation->restored = outcome.status == 0;
  // Of the container's life before. Not sooner: of a restore that fails the agent may be lost, and the next one has yet to note how that life ended.
  unmark(creation->settings, creation->restored ? "killed" : "restored", id);
  int length = snprintf(text, sizeof text, "{\"call\":\"restored\",\"status\":%d,\"timedOut\":%s,\"logOverflow\":%s}\n", outcome.status,
                        outcome.timed_out ? "true" : "false", outcome.log_overflow ? "true" : "false");
  return tell_agent(&creation->agent, text, (size_t)length, silence_ms);
}

static int start_anew(struct creation *creation) {
  if (creation->restored) remove_container(creation->settings, creation->line, creation->work);
  unmark(creation->settings, "restored", creation->line->id);
  creation->restored = false;
  if (is_unclean(creation->bundle)) return give_up(creation, unclean);
  // Its start, its signals and its end are the agent's to know.
  if (!mark(creation->settings, "protected", creation->line->id)) say("/run cannot be written: the agent will not hear when this container starts and ends");
  leave_agent(&creation->agent);
  become_runc(creation->settings, creation->line);
}

// An agent that is just starting, or starting once more, is asked again. `create` is then called anew: nothing was decided.
static bool comes_again(struct creation *creation) {
  const struct agent *agent = &creation->agent;
  int64_t now = monotonic_ms(), wait_ms = creation->settings->agent_wait_ms;
  char text[128];
  // A socket that nobody serves is left by an agent that did not end in order.
  if (creation->restored || !(agent->refused || (agent->gone && is_agent_expected(creation->settings)))) return false;
  if (!creation->without_since) creation->without_since = now;
  int64_t passed_ms = now - creation->without_since;
  if (passed_ms >= wait_ms) return false;
  nanosleep(&(struct timespec){.tv_nsec = turn_ms * 1000000}, NULL);
  if (passed_ms >= untold_ms && !creation->told) {
    creation->told = true;
    snprintf(text, sizeof text, "the agent is not there yet: waiting up to %lld s for it", (long long)wait_ms / 1000);
    say(text);
  }
  return true;
}

// Does as the agent says: the status to end with, or `lost`.
static int converse(struct creation *creation) {
  static struct message said;
  struct message *message = &said;
  char *line, text[128];
  int64_t wait_ms = creation->settings->decision_wait_ms, end = monotonic_ms() + wait_ms;
  while (hear_agent(&creation->agent, &line, silence_ms)) {
    read_message(line, message);
    if (message->kind != WAIT) end = monotonic_ms() + wait_ms;
    switch (message->kind) {
      case SAY: say(message->text); break;
      case WAIT:
        // What puts files back goes on for as long as it takes: nothing else could become of the container.
        if (creation->touched || monotonic_ms() < end) break;
        snprintf(text, sizeof text, "the agent answers, but got no further for %lld s", (long long)wait_ms / 1000);
        return go_on_without(creation, text);
      case RESUMING: creation->resuming = true; break;
      case TOUCHED: creation->touched = true; break;
      case DO_CREATE: return start_anew(creation);
      case DO_RESTORE:
        if (!resume(creation, message)) return lost;
        break;
      case DO_DONE:
        if (!creation->restored) return go_on_without(creation, "the agent called done what was not");
        return 0;
      case DO_FAIL: return give_up(creation, message->text[0] ? message->text : "the agent refused this container without a reason");
      case NONSENSE: return go_on_without(creation, "the agent's answer is not understood, as if it were of another version");
    }
  }
  return lost;
}

// As `converse` does; `lost`, too, where the agent cannot be asked.
static int ask(struct creation *creation) {
  size_t length;
  if (!reach_agent(&creation->agent, creation->settings->socket, connect_ms)) return lost;
  char *request = create_call(creation->line, creation->bundle, &length);
  return call(creation, request, length) ? converse(creation) : lost;
}

int create(const struct settings *settings, const struct line *line) {
  static struct creation creation;
  creation.settings = settings;
  creation.line = line;
  creation.agent.fd = -1;
  creation.agent.patience_ms = patience_ms;
  // Of a container that had the same id and was never deleted.
  unmark(settings, "restored", line->id);
  unmark(settings, "protected", line->id);
  char *bundle = creation.bundle, text[128];
  if (!realpath(line->bundle ? line->bundle : ".", bundle) || !asks_for_protection(bundle)) become_runc(settings, line);
  if (line->unkept) {
    snprintf(text, sizeof text, "runc was called with --%s, which a resumed container cannot have", line->unkept);
    return go_on_without(&creation, text);
  }
  int status;
  while ((status = ask(&creation)) == lost) {
    if (!comes_again(&creation)) return go_on_without(&creation, creation.agent.trouble);
  }
  return status;
}
