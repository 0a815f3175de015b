// runc's grammar of a command line: global options, the command, its options and words in any order. An option is written `--name
// value` or `--name=value`, with one dash or two; one that takes no value is alone, or `--name=true`.

#include <stdlib.h>
#include <string.h>

#include "runc.h"

struct option {
  const char *name;
  bool takes_value;
};

static const struct option global_options[] = {
    {"debug", false}, {"log", true},    {"log-format", true}, {"root", true}, {"criu", true}, {"systemd-cgroup", false}, {"rootless", true}, {NULL, false},
};

static const struct option create_options[] = {
    {"bundle", true},         {"b", true},    {"console-socket", true}, {"pidfd-socket", true}, {"pid-file", true}, {"no-pivot", false},
    {"no-new-keyring", false}, {"preserve-fds", true}, {NULL, false},
};

static const struct option start_options[] = {{NULL, false}};
static const struct option kill_options[] = {{"all", false}, {"a", false}, {NULL, false}};
static const struct option pause_options[] = {{NULL, false}};
static const struct option delete_options[] = {{"force", false}, {"f", false}, {NULL, false}};

static const struct option exec_options[] = {
    {"console-socket", true}, {"pidfd-socket", true}, {"cwd", true},   {"env", true},      {"e", true},       {"tty", false},
    {"t", false},             {"user", true},         {"u", true},     {"additional-gids", true}, {"g", true}, {"process", true},
    {"p", true},              {"detach", false},      {"d", false},    {"pid-file", true}, {"process-label", true}, {"apparmor", true},
    {"no-new-privs", false},  {"cap", true},          {"c", true},     {"preserve-fds", true}, {"cgroup", true}, {"ignore-paused", false},
    {NULL, false},
};

static const struct {
  const char *name;
  const struct option *options;
  // What follows the id is a command with options of its own.
  bool runs_command;
} commands[] = {
    {"create", create_options, false}, {"start", start_options, false}, {"kill", kill_options, false}, {"delete", delete_options, false}, {"exec", exec_options, true},
    {"pause", pause_options, false},
};

static void set(struct line *line, const char *name, const char *value) {
  if (!strcmp(name, "root")) line->root = value;
  else if (!strcmp(name, "log")) line->log = value;
  else if (!strcmp(name, "log-format")) line->log_format = value;
  else if (!strcmp(name, "bundle") || !strcmp(name, "b")) line->bundle = value;
  else if (!strcmp(name, "pid-file")) line->pid_file = value;
  else if (!strcmp(name, "console-socket")) line->console_socket = value;
  else if (!strcmp(name, "pidfd-socket") || (!strcmp(name, "preserve-fds") && strcmp(value, "0") != 0)) line->unkept = name;
  else if (!strcmp(name, "no-pivot")) line->no_pivot = !value || (strcmp(value, "false") != 0 && strcmp(value, "0") != 0);
}

// Takes the option at `*at`, which is moved to its last word; false where it is not among those that are known.
static bool take_option(struct line *line, const struct option *options, int *at) {
  const char *word = line->argv[*at] + (line->argv[*at][1] == '-' ? 2 : 1);
  const char *equals = strchr(word, '=');
  size_t length = equals ? (size_t)(equals - word) : strlen(word);
  for (; options->name; options++) {
    if (strlen(options->name) != length || strncmp(options->name, word, length) != 0) continue;
    const char *value = equals ? equals + 1 : NULL;
    if (options->takes_value && !value) {
      if (*at + 1 >= line->argc) return false;
      value = line->argv[++*at];
    }
    set(line, options->name, value);
    return true;
  }
  return false;
}

static bool is_option(const char *word) {
  return word[0] == '-' && word[1] != 0;
}

static bool read_command(struct line *line, const struct option *options, int at, bool runs_command) {
  bool only_words = false;
  for (; at < line->argc && !(runs_command && line->id); at++) {
    const char *word = line->argv[at];
    if (!only_words && !strcmp(word, "--")) only_words = true;
    else if (!only_words && is_option(word)) {
      if (!take_option(line, options, &at)) return false;
    } else if (!line->id) line->id = word;
    else if (!line->second) line->second = word;
    else return false;
  }
  // What runc takes for an id: nothing that could lead out of a folder.
  return line->id && line->id[0] && line->id[0] != '.' && !strchr(line->id, '/') && strlen(line->id) < 256;
}

struct line read_line(int argc, char **argv) {
  struct line line = {.argv = argv, .argc = argc};
  int at = 1;
  for (; at < argc && is_option(argv[at]); at++) {
    if (!take_option(&line, global_options, &at)) return line;
  }
  if (at >= argc) return line;
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    if (!strcmp(argv[at], commands[i].name) && read_command(&line, commands[i].options, at + 1, commands[i].runs_command)) line.command = at;
  }
  return line;
}

bool is_command(const struct line *line, const char *name) {
  return line->command && !strcmp(line->argv[line->command], name);
}

int global_words(const struct line *line, char **into) {
  int count = 0;
  for (int at = 1; at < line->command; at++) {
    const char *name = line->argv[at] + (line->argv[at][1] == '-' ? 2 : 1);
    bool is_log = !strcmp(name, "log") || !strcmp(name, "log-format");
    // A value in a word of its own is not looked at as a name.
    struct line ignored = {.argv = line->argv, .argc = line->argc};
    int last = at;
    take_option(&ignored, global_options, &last);
    if (!is_log && strncmp(name, "log=", 4) != 0 && strncmp(name, "log-format=", 11) != 0) {
      for (int word = at; word <= last; word++) into[count++] = line->argv[word];
    }
    at = last;
  }
  return count;
}
