// `create` of a container that asks to be protected: the agent says what is to be done. Whatever becomes of the agent, the container
// starts, as long as its files are as its image has them.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runc.h"

static const int64_t connect_ms = 1000, silence_ms = 5000;

struct creation {
  const struct settings *settings;
  const struct line *line;
  struct agent agent;
  // `touched`: the root file system is no longer as the image has it. `restored`: the container runs.
  bool touched, restored;
  char work[PATH_MAX], bundle[PATH_MAX];
};

static const char unclean[] = "this container's root file system is not whole: the agent was lost while it put files back, so it was not started; start the agent (`systemctl start holdfast-agent`), then the container again";

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
    snprintf(text, sizeof text, "this container was resumed, and runs, but its agent was lost (%s): until it is back no snapshot is taken; start it by `systemctl start holdfast-agent`", why);
    say(text);
    return 0;
  }
  if (creation->touched) {
    snprintf(text, sizeof text, "the agent was lost while it put this container's files back (%s); its root file system is not whole, so it was not started: start the agent (`systemctl start holdfast-agent`), then the container again", why);
    return give_up(creation, text);
  }
  if (is_unclean(creation->bundle)) return give_up(creation, unclean);
  snprintf(text, sizeof text, "this container runs unprotected, no snapshot of it is taken: %s; start the agent by `systemctl start holdfast-agent`, then the container again", why);
  say(text);
  note_unprotected(creation->settings, creation->line->id, why);
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
  if (!creation->restored) unmark(creation->settings, "restored", id);
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

static int converse(struct creation *creation) {
  struct message *message = malloc(sizeof *message);
  char *line;
  if (!message) return go_on_without(creation, "memory is short");
  while (hear_agent(&creation->agent, &line, silence_ms)) {
    read_message(line, message);
    switch (message->kind) {
      case SAY: say(message->text); break;
      case WAIT: break;
      case TOUCHED: creation->touched = true; break;
      case DO_CREATE: return start_anew(creation);
      case DO_RESTORE:
        if (!resume(creation, message)) return go_on_without(creation, creation->agent.trouble);
        break;
      case DO_DONE:
        if (!creation->restored) return go_on_without(creation, "the agent called done what was not");
        return 0;
      case DO_FAIL: return give_up(creation, message->text[0] ? message->text : "the agent refused this container without a reason");
      case NONSENSE: return go_on_without(creation, "the agent's answer is not understood, as if it were of another version");
    }
  }
  return go_on_without(creation, creation->agent.trouble);
}

int create(const struct settings *settings, const struct line *line) {
  static struct creation creation;
  creation.settings = settings;
  creation.line = line;
  creation.agent.fd = -1;
  // Of a container that had the same id and was never deleted.
  unmark(settings, "restored", line->id);
  unmark(settings, "protected", line->id);
  unmark(settings, "killed", line->id);
  char *bundle = creation.bundle, text[128];
  size_t length;
  if (!realpath(line->bundle ? line->bundle : ".", bundle) || !asks_for_protection(bundle)) become_runc(settings, line);
  if (line->unkept) {
    snprintf(text, sizeof text, "runc was called with --%s, which a resumed container cannot have", line->unkept);
    return go_on_without(&creation, text);
  }
  if (!reach_agent(&creation.agent, settings->socket, connect_ms)) return go_on_without(&creation, creation.agent.trouble);
  char *request = create_call(line, bundle, &length);
  if (!call(&creation, request, length)) return go_on_without(&creation, creation.agent.trouble);
  return converse(&creation);
}
