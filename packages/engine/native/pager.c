// holdfast-pager: brings a job its memory while it runs already. CRIU's restore gives it the userfaultfd of each process; it asks for the pages that the job
// touches, and takes what else comes, by a socket that the repository's process serves.
//
//   holdfast-pager --folder DIR --procs FILE --freezer FILE --thaw TEXT --patience-ms N
//   holdfast-pager --check    tells whether it could
//
// DIR has `ranges` (a line "PID ADDRESS PAGES" for each run of missing pages, in hexadecimal but for the pid) and becomes the place of the sockets
// `lazy-pages.socket` and `feed.socket`, and of `pager.log`. Descriptor 3 is the keeper's. The feed may go away and come again: it is told anew what is missing.
//
// A userfaultfd that nobody holds any more lets its process read zeros where pages are missing. So the keeper holds each of them too, and so does a spare process
// (lib-pager-spare.c); whichever of the three is left, or cannot go on, kills the job (all of the control group) before it lets go. Ends with 0 once nothing is missing.

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "keeper.h"
#include "pager.h"

#define KEEPER 3

struct told {
  uint32_t pid;
  struct ranges ranges;
  struct told *next;
};

static struct {
  struct group group;
  int64_t patience_ms, last_page_ms;
  int poll, restore_listen, restore, feed_listen, feed;
  // From the file; each process takes its own.
  struct told *told;
  struct spaces spaces;
  size_t swept_at;
  unsigned char bytes[PAGES_LIMIT * 4096] __attribute__((aligned(4096)));
} pager = {.restore = -1, .feed = -1, .swept_at = 64};

static _Noreturn void ruin(const char *why) {
  FILE *log = fopen("pager.log", "ae");
  if (log) fprintf(log, "%s\n", why), fclose(log);
  tell_keeper(KEEPER, 'F', 0, -1);
  kill_group(pager.group.procs, pager.group.freezer, pager.group.thaw);
  exit(1);
}

static void watch(int fd, void *what) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};
  if (epoll_ctl(pager.poll, EPOLL_CTL_ADD, fd, &event) != 0) ruin("epoll_ctl");
}

static void close_feed(void) {
  if (pager.feed >= 0) close(pager.feed);
  pager.feed = -1;
}

static void on_added(struct space *space) {
  // First of all: from now on somebody else has it, too.
  if (!tell_keeper(KEEPER, 'U', space->id, space->fd)) ruin("the keeper is gone");
  watch(space->fd, space);
}

static void on_removed(struct space *space) {
  // The keeper's copy would keep it watched.
  epoll_ctl(pager.poll, EPOLL_CTL_DEL, space->fd, NULL);
  tell_keeper(KEEPER, 'C', space->id, -1);
}

static void on_wanted(struct space *space, uint64_t image) {
  if (pager.feed >= 0 && !tell_feed(pager.feed, FEED_FAULT, space->pid, image, 1)) close_feed();
}

static int listen_at(const char *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, name, sizeof address.sun_path - 1);
  unlink(name);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  mode_t before = umask(0177);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 4) != 0) ruin("a socket cannot be made");
  umask(before);
  return fd;
}

static int take_connection(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  struct timeval limit = {.tv_sec = 10};
  if (fd < 0) return -1;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return fd;
}

static void read_ranges(void) {
  FILE *file = fopen("ranges", "re");
  if (!file) ruin("the missing pages are not told");
  unsigned pid;
  unsigned long long address, pages;
  int read;
  while ((read = fscanf(file, "%u %llx %llx", &pid, &address, &pages)) == 3) {
    struct told *told = pager.told;
    while (told && told->pid != pid) told = told->next;
    if (!told) {
      told = calloc(1, sizeof *told);
      if (!told) ruin("no memory");
      *told = (struct told){.pid = pid, .next = pager.told};
      pager.told = told;
    }
    add_range(&told->ranges, (struct range){.start = address, .end = address + pages * PAGE, .image = address});
  }
  if (read != EOF) ruin("the missing pages are not told as they should be");
  fclose(file);
}

// Once all processes are there.
static void tell_all(void) {
  if (pager.feed < 0 || !pager.spaces.running) return;
  if (!tell_needs(pager.feed, &pager.spaces) || !tell_feed(pager.feed, FEED_RUNNING, 0, 0, 0)) close_feed();
}

static void accept_feed(void) {
  int fd = take_connection(pager.feed_listen);
  if (fd < 0) return;
  close_feed();
  pager.feed = fd;
  watch(fd, &pager.feed);
  // CRIU itself waits for pages while it restores; the one before this may not have sent them.
  if (!tell_faults(fd, &pager.spaces)) close_feed();
  else tell_all();
}

static void begin_feeding(void) {
  pager.spaces.running = true;
  pager.last_page_ms = monotonic_ms();
  tell_all();
}

static void on_restore(void) {
  uint32_t pid;
  int uffd;
  static const struct ranges none;
  switch (hear_restore(pager.restore, &pid, &uffd)) {
    case RESTORE_SPACE: {
      struct told *told = pager.told;
      while (told && told->pid != pid) told = told->next;
      fcntl(uffd, F_SETFL, O_NONBLOCK);
      add_space(&pager.spaces, uffd, pid, told ? &told->ranges : &none);
      break;
    }
    case RESTORE_FINISHED:
      begin_feeding();
      break;
    case RESTORE_OTHER:
      break;
    case RESTORE_GONE:
      if (!pager.spaces.running) ruin("CRIU has ended before the job was restored");
      close(pager.restore);
      pager.restore = -1;
  }
}

static void on_feed(void) {
  struct feed_message message;
  char first;
  // What was told of one that is gone by now is not waited for.
  if (recv(pager.feed, &first, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN) return;
  if (!hear_feed(pager.feed, &message, pager.bytes)) {
    close_feed();
    return;
  }
  // All was sent, and something is still missing: the next one is told of it.
  if (message.kind == FEED_SENT) {
    if (any_missing(&pager.spaces)) close_feed();
    return;
  }
  pager.last_page_ms = monotonic_ms();
  const unsigned char *bytes = message.kind == FEED_PAGES ? pager.bytes : NULL;
  if (!place_pages(&pager.spaces, message.pid, message.address, message.pages, bytes)) ruin("the kernel does not take pages");
}

static void finish(void) {
  if (pager.feed >= 0) tell_feed(pager.feed, FEED_COMPLETE, 0, 0, 0);
  // The keeper lets go first, so that nobody waits for it once the job can be frozen.
  end_spare();
  tell_keeper(KEEPER, 'D', 0, -1);
  exit(0);
}

static void turn(void) {
  struct epoll_event events[32];
  int count = epoll_wait(pager.poll, events, 32, 1000);
  for (int i = 0; i < count; i++) {
    void *what = events[i].data.ptr;
    if (what == &pager.spaces) ruin("the keeper is gone");
    else if (what == &pager.group) ruin("the spare is gone");
    else if (what == &pager.restore_listen) {
      if (pager.restore < 0 && (pager.restore = take_connection(pager.restore_listen)) >= 0) watch(pager.restore, &pager.restore);
    } else if (what == &pager.restore) on_restore();
    else if (what == &pager.feed_listen) accept_feed();
    else if (what == &pager.feed) {
      if (pager.feed >= 0) on_feed();
    } else while (hear_space(&pager.spaces, what)) {}
  }
  // Not while events are looked at that may be of one of them.
  if (pager.spaces.count >= pager.swept_at) {
    sweep_spaces(&pager.spaces);
    pager.swept_at = pager.spaces.count * 2 > 64 ? pager.spaces.count * 2 : 64;
  }
  if (pager.spaces.running && !any_missing(&pager.spaces)) finish();
  if (pager.spaces.running && monotonic_ms() - pager.last_page_ms > pager.patience_ms) ruin("no page came for too long");
}

int main(int argc, char **argv) {
  const char *folder = NULL;
  if (argc == 2 && !strcmp(argv[1], "--check")) return check_kernel();
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!strcmp(argv[i], "--folder")) folder = argv[i + 1];
    else if (!strcmp(argv[i], "--procs")) pager.group.procs = argv[i + 1];
    else if (!strcmp(argv[i], "--freezer")) pager.group.freezer = argv[i + 1];
    else if (!strcmp(argv[i], "--thaw")) pager.group.thaw = argv[i + 1];
    else if (!strcmp(argv[i], "--patience-ms")) pager.patience_ms = strtoll(argv[i + 1], NULL, 10);
  }
  if (!folder || !pager.group.procs || !pager.group.freezer || !pager.group.thaw || pager.patience_ms <= 0 || chdir(folder) != 0) return 125;
  static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTTIN, SIGTTOU, SIGTSTP, SIGPIPE, SIGUSR1, SIGUSR2};
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) signal(ignored[i], SIG_IGN);
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) files.rlim_cur = files.rlim_max, setrlimit(RLIMIT_NOFILE, &files);
  pager.spaces = (struct spaces){.added = on_added, .removed = on_removed, .wanted = on_wanted};
  pager.poll = epoll_create1(EPOLL_CLOEXEC);
  read_ranges();
  pager.restore_listen = listen_at("lazy-pages.socket");
  pager.feed_listen = listen_at("feed.socket");
  not_for_lack_of_memory();
  int spare = start_spare(argv[0], &pager.group);
  if (spare < 0) ruin("a spare cannot be started");
  watch(spare, &pager.group);
  watch(KEEPER, &pager.spaces);
  watch(pager.restore_listen, &pager.restore_listen);
  watch(pager.feed_listen, &pager.feed_listen);
  if (!tell_keeper(KEEPER, 'R', 0, -1)) return 1;
  for (;;) turn();
}
