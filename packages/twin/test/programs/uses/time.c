// Timers belong to who set them, and go on.
#include "uses.h"

#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>

static const struct itimerspec often = {{.tv_nsec = 3000000}, {.tv_nsec = 3000000}};

// Far longer than any freeze.
static bool comes(int fd) {
  struct pollfd asked = {.fd = fd, .events = POLLIN};
  int result;
  while ((result = poll(&asked, 1, 20000)) < 0 && errno == EINTR) {}
  return result == 1;
}

static const char *timer_of_descriptor(void) {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  uint64_t times;
  if (timerfd_settime(fd, 0, &often, NULL)) return "timerfd_settime";
  while (goes_on()) {
    if (!comes(fd) || read(fd, &times, sizeof times) != sizeof times) return "it does not come";
  }
  return NULL;
}

static const char *ticks_of(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  int fd = signalfd(-1, &set, SFD_NONBLOCK);
  struct signalfd_siginfo told;
  while (goes_on()) {
    if (!comes(fd) || read(fd, &told, sizeof told) != sizeof told) return "no signal comes";
    if ((int)told.ssi_signo != number) return "another signal";
  }
  return NULL;
}

static void blocked(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  sigprocmask(SIG_BLOCK, &set, NULL);
}

static const char *timer_of_process(void) {
  timer_t timer;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
  blocked(SIGRTMIN);
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) || timer_settime(timer, 0, &often, NULL)) return "timer_create";
  return ticks_of(SIGRTMIN);
}

static const char *interval(void) {
  struct itimerval each = {{.tv_usec = 3000}, {.tv_usec = 3000}};
  blocked(SIGALRM);
  return setitimer(ITIMER_REAL, &each, NULL) ? "setitimer" : ticks_of(SIGALRM);
}

// None is lost, and none comes twice.
static const char *signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN + 1);
  blocked(SIGRTMIN + 1);
  int fd = signalfd(-1, &set, SFD_NONBLOCK);
  struct signalfd_siginfo told;
  for (int sent = 0; goes_on(); sent++) {
    if (sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = sent})) return "sigqueue";
    a_moment();
    if (read(fd, &told, sizeof told) != sizeof told || told.ssi_int != sent) return "lost";
    if (read(fd, &told, sizeof told) >= 0) return "twice";
  }
  return NULL;
}

const struct use uses_of_time[] = {{"timerfd", timer_of_descriptor}, {"timer", timer_of_process}, {"itimer", interval}, {"signalfd", signals}, {NULL, NULL}};
