// What the parts of holdfast-runc share. docs/containers-docker.md has the protocol and the settings.
#ifndef HOLDFAST_RUNC_H
#define HOLDFAST_RUNC_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

// lib-runc-line.c

// The words that runc was called with. Pointers are into argv.
struct line {
  char **argv;
  int argc;
  // Index of the command's word; what is before it are options for every command. 0: there is none, or the line is beyond us.
  int command;
  const char *root, *log, *log_format;
  const char *bundle, *pid_file, *console_socket;
  // An option of `create` that hands the container what no image can hold.
  const char *unkept;
  bool no_pivot;
  // The first and the second word that is no option: the container's id, and for `kill` the signal.
  const char *id, *second;
};

// Reads a line by runc's grammar. A word of it that is not known makes `command` 0: such a line is runc's business alone.
struct line read_line(int argc, char **argv);
bool is_command(const struct line *line, const char *name);
// The global options but those of the log, copied to `into`; returns how many.
int global_words(const struct line *line, char **into);

// lib-runc-settings.c

struct settings {
  // The real runc; its folder of CRIU first on PATH where it restores.
  char runc[PATH_MAX], criu[PATH_MAX];
  char socket[PATH_MAX];
  // Holds what is to be known of containers from one call to the next. Gone with the machine.
  char state[PATH_MAX];
  // How long a container waits for an agent that is about to come, and for one that is there but decides nothing.
  int64_t agent_wait_ms, decision_wait_ms;
};

// From the file beside this program, else from /etc/holdfast/runc.conf, else what is usual. A file that others than root may write is not read.
// False, with runc's name still in `runc`, where no runc is there to run.
bool read_settings(struct settings *settings);

// lib-runc-bundle.c

// Whether the container of this bundle asks to be protected: MMC_CHECKPOINT_MODE in its environment, neither empty nor `false` nor `none`.
bool asks_for_protection(const char *bundle);
// A file, or NULL where it cannot be read or is larger than any that is read here; to be freed. Not ended by 0.
char *read_whole(const char *path, size_t *length);
// Its configuration, likewise.
char *read_bundle(const char *bundle, size_t *length);
// Whether the container's root file system was being put back when the agent was lost: a note beside its upper directory, which Docker has beside the
// mount. Such a container must not start.
bool is_unclean(const char *bundle);
// Takes that note away: the container runs on files that were put back to the end. What it had before, `holdfast-aside` there, is left for the next agent.
void clear_unclean(const char *bundle);
// The control group that the bundle names, as it names it; false where it names none.
bool read_group(const char *bundle, char group[PATH_MAX]);

// lib-runc-agent.c

struct agent {
  int fd;
  // As this process sees it; 0 where it cannot.
  pid_t pid;
  // How much longer than a wait says one that is at work is waited for; set before it is reached.
  int64_t patience_ms;
  size_t length, used;
  char heard[65536];
  // Why it is of no use, for people.
  char trouble[512];
  // Nobody serves its socket, though it is there; it is not there, or the agent went away in the middle.
  bool refused, gone;
};

// All of these are false with `trouble` said.
bool reach_agent(struct agent *agent, const char *socket, int64_t wait_ms);
bool tell_agent(struct agent *agent, const char *text, size_t length, int64_t wait_ms);
// The next line, without its end and ended by 0; it lasts until the next call.
bool hear_agent(struct agent *agent, char **line, int64_t wait_ms);
void leave_agent(struct agent *agent);

// lib-runc-message.c

enum kind { NONSENSE, SAY, WAIT, RESUMING, TOUCHED, DO_CREATE, DO_RESTORE, DO_DONE, DO_FAIL };

struct message {
  enum kind kind;
  // What it says; the reason of a DO_FAIL.
  char text[8192];
  char images[PATH_MAX], work[PATH_MAX];
  int64_t deadline_ms;
};

void read_message(const char *line, struct message *message);
// A call in one line, to be freed; NULL where memory is short.
char *create_call(const struct line *line, const char *bundle, size_t *length);
char *short_call(const char *call, const char *id, int signal, size_t *length);

// lib-runc-restore.c

struct outcome {
  // 0: the container runs. Else runc's exit status, 128 and a signal's number, or 124 where it was ended.
  int status;
  bool timed_out;
  // It was ended because its log grew without end.
  bool log_overflow;
};

// Runs `runc restore` in a mount namespace of its own, under its deadline. Unless it succeeds nothing of it is left.
struct outcome restore(const struct settings *settings, const struct line *line, const struct message *how);
// Removes what a restore made, running or not.
void remove_container(const struct settings *settings, const struct line *line, const char *work);

// lib-runc-cgroups.c

// Makes this process, and what it becomes, read of itself that its control group is `group`. In a mount namespace of its own alone.
bool pretend_groups(const char *work, const char *group);

// lib-runc-criu.c

// The last one names a file that tells, once it is there, that runc started CRIU by this program.
extern const char *const streams_variable, *const criu_variable, *const criu_mark_variable;
// For CRIU's action script: runc's note of the container, which is to stand still before it runs.
extern const char *const held_variable;
// Set where CRIU restores in a user namespace.
extern const char *const uncover_variable;
// This program in CRIU's place: gives CRIU the container's streams, which runc itself does not get.
_Noreturn void become_criu(char **argv);

// lib-runc-marks.c

// Notes that last between calls, each a file STATE/KIND/ID: `kind` is "restored" or "protected", empty files, or "killed".
bool mark(const struct settings *settings, const char *kind, const char *id);
bool is_marked(const struct settings *settings, const char *kind, const char *id);
void unmark(const struct settings *settings, const char *kind, const char *id);
// STATE/killed/ID: a line `SIGNAL TIME` for each signal that runc is about to send on somebody's behalf, in their order, the newest last. SIGNAL is its
// number, 0 where its name is not known; TIME is in milliseconds since 1970. Written before the agent is told and before runc runs: an agent that was not
// there to hear finds it when it adopts the container. `start`, or a restore that is good, removes what is of the container's life before; `delete` does
// where an agent hears of it. Best effort.
void note_signal(const struct settings *settings, const char *id, int signal);
// Whether an agent is meant to run, by what it or its service left: STATE/agent-expected, empty, or with the time in milliseconds since 1970 until which the
// next one is awaited after an orderly end.
bool is_agent_expected(const struct settings *settings);
// A line for the agent, which counts them.
void note_unprotected(const struct settings *settings, const char *id, const char *reason);

// lib-runc-hostname.c

// Gives a restored container the names that its bundle says; best effort.
void name_container(const struct line *line, const char *bundle);

// lib-runc-freezer.c

struct freezer {
  char folder[PATH_MAX];
  bool is_v2;
};

// Where runc notes the container; false where that is too long.
bool state_path(const struct line *line, char path[PATH_MAX]);
bool read_freezer(const char *state, struct freezer *freezer);
// Takes effect by itself: it does not wait until all stand still.
bool set_freezer(const struct freezer *freezer, bool still);

// lib-runc-hold.c

// Has the container of that note, which CRIU is about to let run, stand still; what is not of its processes leaves its group before. False where it will run.
bool hold(const char *state, pid_t init);
// Has it run. False, with the cause for whoever called, where it cannot.
bool let_go(const struct line *line);

// lib-runc-frozen.c

// Until the container does not stand still, or the time is over.
void await_thaw(const struct line *line, int64_t wait_ms);

// lib-runc-words.c

// For the container's log: each line begins with "holdfast: ". A terminal's container has no such log.
void say(const char *text);
// For whoever called runc: the last error in its log is what Docker shows.
void complain(const struct line *line, const char *text);

// lib-runc-create.c

// Ends as this program shall end, or becomes runc.
int create(const struct settings *settings, const struct line *line);

// lib-runc-call.c

// Becomes runc with the same words.
_Noreturn void become_runc(const struct settings *settings, const struct line *line);
// Runs runc with the same words to its end; its status as a shell gives it.
int run_runc(const struct settings *settings, const struct line *line);

#endif
