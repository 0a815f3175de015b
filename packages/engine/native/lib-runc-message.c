// The words between launcher and agent, version 1: one JSON object a line.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "runc.h"

static bool read_verb(struct json value, struct message *message) {
  static const struct {
    const char *word;
    enum kind kind;
  } verbs[] = {{"create", DO_CREATE}, {"restore", DO_RESTORE}, {"done", DO_DONE}, {"fail", DO_FAIL}};
  for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
    if (json_is(value, verbs[i].word)) message->kind = verbs[i].kind;
  }
  return message->kind != NONSENSE;
}

// Unknown members are a newer agent's, and left alone.
static bool read_member(struct json key, struct json value, void *context) {
  struct message *message = context;
  if (json_is(key, "do")) return read_verb(value, message);
  if (json_is(key, "say")) return message->kind = SAY, json_string(value, message->text, sizeof message->text);
  if (json_is(key, "message")) return json_string(value, message->text, sizeof message->text);
  if (json_is(key, "wait")) return message->kind = WAIT, json_true(value);
  if (json_is(key, "resuming")) return message->kind = RESUMING, json_true(value);
  if (json_is(key, "touched")) return message->kind = TOUCHED, json_true(value);
  if (json_is(key, "images")) return json_string(value, message->images, sizeof message->images);
  if (json_is(key, "work")) return json_string(value, message->work, sizeof message->work);
  if (json_is(key, "deadlineMs")) return json_integer(value, &message->deadline_ms);
  return true;
}

void read_message(const char *line, struct message *message) {
  memset(message, 0, sizeof *message);
  bool whole = json_members((struct json){line, line + strlen(line)}, read_member, message);
  bool complete = message->kind != DO_RESTORE || (message->images[0] == '/' && message->work[0] == '/' && message->deadline_ms > 0);
  if (!whole || !complete) message->kind = NONSENSE;
}

static void member(FILE *out, const char *name, const char *value) {
  if (!value) return;
  fprintf(out, ",\"%s\":", name);
  json_quote(out, value);
}

static char *finish(FILE *out, char **text) {
  fputs("}\n", out);
  return fclose(out) == 0 ? *text : NULL;
}

char *create_call(const struct line *line, const char *bundle, size_t *length) {
  char *text = NULL;
  FILE *out = open_memstream(&text, length);
  if (!out) return NULL;
  fputs("{\"v\":1,\"call\":\"create\"", out);
  member(out, "id", line->id);
  member(out, "bundle", bundle);
  member(out, "root", line->root ? line->root : "/run/runc");
  member(out, "pidFile", line->pid_file);
  member(out, "log", line->log);
  if (line->console_socket) fputs(",\"consoleSocket\":true", out);
  return finish(out, &text);
}

char *short_call(const char *call, const char *id, int signal, size_t *length) {
  char *text = NULL;
  FILE *out = open_memstream(&text, length);
  if (!out) return NULL;
  fprintf(out, "{\"v\":1,\"call\":\"%s\"", call);
  member(out, "id", id);
  if (signal) fprintf(out, ",\"signal\":%d", signal);
  return finish(out, &text);
}
