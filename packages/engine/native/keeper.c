// holdfast-keeper: stands between Holdfast and one container, as a containerd-shim does for Docker. It holds the job's pipes, is
// the parent of the job's init, and outlives Holdfast: a job whose Holdfast was killed is thawed, goes on and keeps its streams.
//
//   holdfast-keeper --rootfs DIR --pid-file FILE --exit-file FILE --freezer FILE --thaw TEXT --deadline-ms N [--skip-stdin N] -- RUNC ARGUMENT...
//
// With --pager PROGRAM --lazy-folder DIR --patience-ms N it starts holdfast-pager for a `restore --lazy-pages`, and kills the job where the pager or Holdfast
// is gone while pages are missing; the job's input waits until none is. Descriptors 0, 1 and 2 are the user's, 3 is the control socket (control.h). `RUNC ...` must be a detaching run or restore that
// writes the init's pid to the pid file. Node's own pipes for a child are socket pairs, which CRIU refuses: the job gets real ones.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control.h"
#include "keeper.h"
#include "lazy.h"

struct options {
  const char *rootfs, *pid_file, *exit_file, *freezer, *thaw;
  int64_t deadline_ms;
  uint64_t skip_stdin;
  char **command;
};

struct keeper {
  struct options options;
  struct control control;
  struct pump in, out, err;
  struct lazy lazy;
  pid_t runtime, init;
  bool aborted;
  // The init's wait status, once it has ended.
  int status;
  bool over;
  // When to thaw a job that stayed frozen although Holdfast said it would not; 0: not frozen.
  int64_t thaw_at;
  // When to give up output that nobody reads, once the init has ended; 0: never.
  int64_t drop_at;
  // The answer owed to `drain`: what must have been passed on. `drain_id` 0: none.
  long drain_id;
  uint64_t drain_out, drain_err;
};

static _Noreturn void fail(const char *what) {
  dprintf(STDERR_FILENO, "holdfast-keeper: %s: %s\n", what, strerror(errno));
  exit(125);
}

static struct options parse(int argc, char **argv, struct lazy *lazy) {
  struct options options = {.deadline_ms = 0};
  int at = 1;
  for (; at + 1 < argc && strcmp(argv[at], "--") != 0; at += 2) {
    const char *name = argv[at], *value = argv[at + 1];
    if (!strcmp(name, "--rootfs")) options.rootfs = value;
    else if (!strcmp(name, "--pid-file")) options.pid_file = value;
    else if (!strcmp(name, "--exit-file")) options.exit_file = value;
    else if (!strcmp(name, "--freezer")) options.freezer = value;
    else if (!strcmp(name, "--thaw")) options.thaw = value;
    else if (!strcmp(name, "--deadline-ms")) options.deadline_ms = strtoll(value, NULL, 10);
    else if (!strcmp(name, "--skip-stdin")) options.skip_stdin = strtoull(value, NULL, 10);
    else if (!strcmp(name, "--pager")) lazy->pager = value;
    else if (!strcmp(name, "--lazy-folder")) lazy->folder = value;
    else if (!strcmp(name, "--patience-ms")) lazy->patience_ms = value;
    else break;
  }
  options.command = argv + at + 1;
  if (at + 1 >= argc || strcmp(argv[at], "--") || !options.rootfs || !options.pid_file || !options.exit_file || !options.freezer ||
      !options.thaw || options.deadline_ms <= 0 || (lazy->pager && (!lazy->folder || !lazy->patience_ms))) {
    dprintf(STDERR_FILENO, "holdfast-keeper: started with wrong arguments; it is for holdfast's own use\n");
    exit(125);
  }
  lazy->freezer = options.freezer;
  lazy->thaw = options.thaw;
  return options;
}

// Signals of the terminal and of whoever stops Holdfast are Holdfast's to handle, not ours.
static int ignore_signals(void) {
  static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTTIN, SIGTTOU, SIGTSTP, SIGPIPE, SIGUSR1, SIGUSR2};
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  return signalfd(-1, &children, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void open_missing_streams(void) {
  int fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd < 3) fd = dup(fd);
  if (fd > 3) close(fd);
}

static void make_pipe(int *reader, int *writer) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
  *reader = ends[0];
  *writer = ends[1];
}

static void start_runtime(struct keeper *keeper) {
  int streams[3];
  make_pipe(&streams[0], &keeper->in.to);
  make_pipe(&keeper->out.from, &streams[1]);
  make_pipe(&keeper->err.from, &streams[2]);
  keeper->in.from = 0;
  keeper->out.to = 1;
  keeper->err.to = 2;
  keeper->in.to_job = true;
  keeper->in.skip = keeper->options.skip_stdin;
  keeper->runtime = spawn(keeper->options.command, streams, -1);
  if (keeper->runtime < 0) fail("fork");
  for (int i = 0; i < 3; i++) close(streams[i]);
}

static bool still_frozen(const struct keeper *keeper) {
  char state[32] = "";
  int fd = open(keeper->options.freezer, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t length = read(fd, state, sizeof state - 1);
  close(fd);
  return length > 0 && strncmp(state, keeper->options.thaw, strlen(keeper->options.thaw)) != 0;
}

static void thaw(struct keeper *keeper) {
  if (still_frozen(keeper)) poke(keeper->options.freezer, keeper->options.thaw);
}

static void answer(struct control *control, const struct request *request, void *context) {
  struct keeper *keeper = context;
  if (!strcmp(request->verb, "stdin")) {
    tell(control, "%ld ok %llu %d", request->id, (unsigned long long)consumed_bytes(&keeper->in), pump_ended(&keeper->in));
  } else if (!strcmp(request->verb, "drain")) {
    if (keeper->drain_id) tell(control, "%ld error another drain came after it", keeper->drain_id);
    keeper->drain_id = request->id;
    keeper->drain_out = produced_bytes(&keeper->out);
    keeper->drain_err = produced_bytes(&keeper->err);
  } else if (!strcmp(request->verb, "signal")) {
    // Only this process reaps the init, so the pid cannot have become another's.
    if (keeper->init > 0 && !keeper->over && kill(keeper->init, (int)request->number) == 0) tell(control, "%ld ok", request->id);
    else tell(control, "%ld error the job is not running", request->id);
  } else if (!strcmp(request->verb, "watch")) {
    keeper->thaw_at = request->number > 0 ? monotonic_ms() + request->number : 0;
    tell(control, "%ld ok", request->id);
  } else if (!strcmp(request->verb, "drop")) {
    keeper->drop_at = monotonic_ms() + request->number;
    tell(control, "%ld ok", request->id);
  } else if (!strcmp(request->verb, "abort")) {
    keeper->aborted = true;
    tell(control, "%ld ok", request->id);
  } else {
    tell(control, "%ld error unknown request", request->id);
  }
}

static void answer_drain(struct keeper *keeper) {
  if (!keeper->drain_id) return;
  uint64_t out = passed_bytes(&keeper->out), err = passed_bytes(&keeper->err);
  bool out_there = out >= keeper->drain_out || pump_done(&keeper->out);
  bool err_there = err >= keeper->drain_err || pump_done(&keeper->err);
  if (!out_there || !err_there) return;
  tell(&keeper->control, "%ld ok %llu %llu", keeper->drain_id, (unsigned long long)out, (unsigned long long)err);
  keeper->drain_id = 0;
}

// Without its pager, or without Holdfast, whose repository the pages are in, a job with missing pages cannot go on.
static void look_after_memory(struct keeper *keeper) {
  if (!is_lazy(&keeper->lazy)) return;
  hear_lazy(&keeper->lazy);
  if (keeper->lazy.whole) {
    tell(&keeper->control, "* whole");
    if (keeper->init > 0) start_pump(&keeper->in);
  } else if (keeper->lazy.lost || keeper->control.fd < 0) {
    keeper->lazy.lost = true;
    end_lazy(&keeper->lazy);
    tell(&keeper->control, "* ruined");
  }
}

// Waits for a child, a word of Holdfast or `wait_ms`, and does what is due. Nothing frozen outlives Holdfast: its socket closes,
// the job is thawed, and again later, since a dump that is still running freezes it anew when it finishes.
static void turn(struct keeper *keeper, int children, int wait_ms) {
  struct pollfd waited[3] = {
      {.fd = children, .events = POLLIN}, {.fd = keeper->control.fd, .events = POLLIN}, {.fd = keeper->lazy.fd, .events = POLLIN}};
  poll(waited, 3, wait_ms);
  struct signalfd_siginfo ignored;
  while (read(children, &ignored, sizeof ignored) > 0) {}
  if (waited[1].revents && keeper->control.fd >= 0 && !hear(&keeper->control, answer, keeper)) {
    close(keeper->control.fd);
    keeper->control.fd = -1;
    keeper->drain_id = 0;
  }
  look_after_memory(keeper);
  if (keeper->control.fd < 0) thaw(keeper);
  if (keeper->thaw_at && monotonic_ms() >= keeper->thaw_at) {
    thaw(keeper);
    keeper->thaw_at = 0;
    tell(&keeper->control, "* thawed");
  }
  answer_drain(keeper);
}

// Returns runc's wait status, or -1 where it was stopped.
static int await_runtime(struct keeper *keeper, int children) {
  int64_t end = monotonic_ms() + keeper->options.deadline_ms;
  for (;;) {
    int status;
    if (waitpid(keeper->runtime, &status, WNOHANG) == keeper->runtime) return status;
    if (keeper->aborted || keeper->lazy.lost || monotonic_ms() >= end) return -1;
    turn(keeper, children, 100);
  }
}

static _Noreturn void give_up(struct keeper *keeper, int status) {
  thaw(keeper);
  // Of a lazy resume that failed half way, before the pager is killed among the children.
  end_lazy(&keeper->lazy);
  kill_children(10000);
  const char *what = keeper->aborted ? "aborted" : status == -1 && !keeper->lazy.lost ? "deadline" : "runtime";
  int code = status == -1 ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  tell(&keeper->control, "* failed %s %d", what, code);
  exit(125);
}

// A job that ended by itself is not over before its last output is passed on, however long the reader takes. Holdfast may set a limit
// to that for one that it has killed; a thread that still writes ends with this process.
static void await_output(struct keeper *keeper, int children) {
  while (!pump_done(&keeper->out) || !pump_done(&keeper->err)) {
    if (keeper->drop_at && monotonic_ms() >= keeper->drop_at) return;
    turn(keeper, children, 2);
  }
  answer_drain(keeper);
}

static void await_init(struct keeper *keeper, int children) {
  while (!keeper->over) {
    pid_t ended;
    int status;
    while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
      if (ended != keeper->init) continue;
      // What ended after its memory was lost did not end by itself.
      look_after_memory(keeper);
      keeper->status = keeper->lazy.lost ? SIGKILL : status;
      keeper->over = true;
    }
    if (!keeper->over) turn(keeper, children, keeper->drain_id ? 2 : keeper->control.fd < 0 || keeper->thaw_at ? 500 : -1);
  }
}

int main(int argc, char **argv) {
  struct keeper keeper = {.control = {.fd = 3}};
  keeper.options = parse(argc, argv, &keeper.lazy);
  open_missing_streams();
  fcntl(3, F_SETFD, FD_CLOEXEC);
  int children = ignore_signals();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (!private_root(keeper.options.rootfs)) fail("cannot bind / on the container's root");
  tell(&keeper.control, "* holdfast-keeper 1");
  if (!start_lazy(&keeper.lazy)) give_up(&keeper, -1);
  start_runtime(&keeper);
  // Not before: the job would have it from here.
  if (is_lazy(&keeper.lazy)) not_for_lack_of_memory();
  int status = await_runtime(&keeper, children);
  if (status != 0) give_up(&keeper, status);
  keeper.init = (pid_t)read_number(keeper.options.pid_file);
  if (keeper.init <= 0) give_up(&keeper, -1);
  // Input that a job reads whose memory is lost then is gone.
  if ((!is_lazy(&keeper.lazy) && !start_pump(&keeper.in)) || !start_pump(&keeper.out) || !start_pump(&keeper.err)) give_up(&keeper, -1);
  tell(&keeper.control, "* started %d", keeper.init);
  await_init(&keeper, children);
  // Said in the file at once; said to Holdfast when the last output has been passed on.
  char text[64];
  bool exited = WIFEXITED(keeper.status);
  snprintf(text, sizeof text, "%s %d\n", exited ? "exited" : "killed", exited ? WEXITSTATUS(keeper.status) : WTERMSIG(keeper.status));
  write_whole(keeper.options.exit_file, text);
  await_output(&keeper, children);
  text[strcspn(text, "\n")] = 0;
  tell(&keeper.control, "* %s", text);
  return 0;
}
