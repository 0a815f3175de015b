// holdfast-twin: makes copy-on-write twins of the processes of a frozen job and keeps them, standing still, until it is told to drop them or ends.
//
// Requests come on standard input, answers go to standard output (lib-words.c): tabs between the fields, lists with commas.
//
//   ID fork v1|v2 DIRECTORY DEADLINE_MS PID,... SUBREAPER,... GROUP...    ID ok MICROSECONDS PID:TWIN,...
//   ID changed PID FIRST:COUNT,...                          ID ok FIRST:COUNT,...
//   ID drop v1|v2 DIRECTORY DEADLINE_MS frozen|running      ID ok
//   ID sweep v1|v2 DIRECTORY DEADLINE_MS                    ID ok
//
// However this program ends, the kernel lets go of the job and kills the twins (PTRACE_O_EXITKILL). It ends with standard input, and drops
// the twins then.

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "twin.h"

#define LONGEST_DEADLINE_MS 600000

bool is_caller_gone(void) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLRDHUP};
  return poll(&input, 1, 0) > 0 && input.revents & (POLLHUP | POLLRDHUP | POLLERR | POLLNVAL);
}

// Where nobody reads any more, standard input has ended, too: no reason to leave undone what was begun.
static void end_line(void) {
  putchar('\n');
  fflush(stdout);
}

static struct freezer last_freezer;

static bool read_freezer(char **rest, struct freezer *freezer, int64_t *deadline_ms) {
  char *kind = strsep(rest, "\t"), *directory = strsep(rest, "\t"), *deadline = strsep(rest, "\t");
  if (!deadline || strlen(directory) >= sizeof freezer->directory) return refuse("usage", "a freezer and a deadline are wanted");
  freezer->is_v2 = strcmp(kind, "v2") == 0;
  strcpy(freezer->directory, directory);
  last_freezer = *freezer;
  *deadline_ms = strtoll(deadline, NULL, 10);
  return (*deadline_ms > 0 && *deadline_ms <= LONGEST_DEADLINE_MS) || refuse("usage", "%s is no deadline", deadline);
}

// As many as there are commas, and one.
static size_t room_for(const char *list) {
  size_t count = 1;
  for (; *list; list++) count += *list == ',';
  return count;
}

static size_t read_pids(char *list, pid_t *pids) {
  size_t count = 0;
  for (char *pid; (pid = strsep(&list, ","));) {
    if (atoi(pid) > 0) pids[count++] = (pid_t)atoi(pid);
  }
  return count;
}

static bool answer_fork(const char *id, char *rest) {
  struct fork_request request = {.pid_count = 0};
  if (!read_freezer(&rest, &request.freezer, &request.deadline_ms)) return false;
  char *list = strsep(&rest, "\t"), *others = strsep(&rest, "\t"), *groups[16];
  if (!others) return refuse("usage", "processes are wanted");
  size_t room = room_for(list);
  pid_t *pids = calloc(room + room_for(others), sizeof *pids);
  if (!pids) return refuse("no-room", "there is no memory for the list of processes");
  request.pid_count = read_pids(list, pids);
  request.subreapers = pids + room;
  request.subreaper_count = read_pids(others, pids + room);
  for (char *group; request.group_count < sizeof groups / sizeof *groups && (group = strsep(&rest, "\t"));) groups[request.group_count++] = group;
  request.pids = pids;
  request.groups = groups;
  int64_t began = monotonic_us();
  bool good = fork_twins(&request);
  free(pids);
  if (!good) return false;
  printf("%s\tok\t%lld\t", id, (long long)(monotonic_us() - began));
  const char *comma = "";
  for (size_t i = 0; i < process_count; i++) {
    if (processes[i].twin > 0) printf("%s%d:%d", comma, processes[i].pid, processes[i].twin), comma = ",";
  }
  end_line();
  return true;
}

static FILE *runs;

static void tell_run(struct page_run run) {
  fprintf(runs, "%s%llu:%llu", ftell(runs) > 0 ? "," : "", (unsigned long long)run.first, (unsigned long long)run.count);
}

static bool answer_changed(const char *id, char *rest) {
  char *pid = strsep(&rest, "\t"), *list = strsep(&rest, "\t"), *text = NULL;
  size_t length;
  struct process *process = pid ? find_process((pid_t)atoi(pid)) : NULL;
  if (!list) return refuse("usage", "a process and runs of pages are wanted");
  if (!process || process->twin <= 0) return refuse("lost", "process %s has no twin", pid);
  runs = open_memstream(&text, &length);
  if (!runs) return refuse("no-room", "there is no memory for the list of pages");
  bool good = true;
  for (char *item; good && (item = strsep(&list, ","));) {
    struct page_run run = {.first = strtoull(item, &item, 10)};
    run.count = *item == ':' ? strtoull(item + 1, NULL, 10) : 0;
    good = changed_pages(process->pid, process->twin, run, tell_run);
  }
  if (fclose(runs) != 0) good = refuse("no-room", "there is no memory for the list of pages");
  if (good) {
    printf("%s\tok\t%s", id, text);
    end_line();
  }
  free(text);
  return good;
}

static bool answer_drop(const char *id, char *rest) {
  struct freezer freezer;
  int64_t deadline_ms;
  if (!read_freezer(&rest, &freezer, &deadline_ms)) return false;
  if (!drop_twins(&freezer, rest && strcmp(rest, "frozen") == 0, deadline_ms)) return false;
  printf("%s\tok", id);
  end_line();
  return true;
}

static bool answer_sweep(const char *id, char *rest) {
  struct freezer freezer;
  int64_t deadline_ms;
  if (!read_freezer(&rest, &freezer, &deadline_ms) || !sweep(&freezer, deadline_ms)) return false;
  printf("%s\tok", id);
  end_line();
  return true;
}

static void answer(char *line) {
  char *id = strsep(&line, "\t"), *verb = strsep(&line, "\t");
  if (!verb) return;
  refusal.reason[0] = 0;
  current_request = id;
  bool good = strcmp(verb, "fork") == 0      ? answer_fork(id, line)
              : strcmp(verb, "changed") == 0 ? answer_changed(id, line)
              : strcmp(verb, "drop") == 0    ? answer_drop(id, line)
              : strcmp(verb, "sweep") == 0   ? answer_sweep(id, line)
                                             : refuse("usage", "%s is no request", verb);
  if (good) return;
  refuse("unexpected", "no reason given");
  printf("%s\terror\t%s\t%s", id, refusal.reason, refusal.text);
  end_line();
}

int main(void) {
  // Ctrl-C and the like are for Holdfast to handle. What the kernel tells of tracees is waited for.
  static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTTIN, SIGTTOU, SIGTSTP, SIGPIPE, SIGUSR1, SIGUSR2};
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
  end_idle();
  // Where memory runs out, a program that has a thread of the job in its hands is the worst choice.
  write_number("/proc/self/oom_score_adj", -1000);
  printf("*\tholdfast-twin\t2");
  end_line();
  char *line = NULL;
  size_t room = 0;
  while (!must_end) {
    begin_idle();
    ssize_t length = getline(&line, &room, stdin);
    end_idle();
    if (length <= 0) break;
    if (line[length - 1] == '\n') line[length - 1] = 0;
    answer(line);
  }
  // A job that stands frozen is not touched: whoever thaws it may be about to. A helper to come sweeps.
  if (!must_end && has_twins() && !is_frozen(&last_freezer)) drop_twins(&last_freezer, false, 5000);
  return 0;
}
