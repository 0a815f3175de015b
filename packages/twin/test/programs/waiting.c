// One thread for each way to wait in the kernel. On SIGUSR1 the waits are told how often they ended, and how often as they must not:
// "NAME ENDED WRONG" a line, then "end". A wait ends rightly by its own timeout, not before, or by what it waits for.
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define LENGTH_MS 60

static int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static int quiet[2], ticks[2], epoll, sockets[2];
static struct timespec length = {.tv_nsec = LENGTH_MS * 1000000};

static int wait_nanosleep(void) { return nanosleep(&length, NULL); }
static int wait_clock(void) { return clock_nanosleep(CLOCK_MONOTONIC, 0, &length, NULL); }
static int wait_poll(void) { return poll(&(struct pollfd){.fd = quiet[0], .events = POLLIN}, 1, LENGTH_MS); }
static int wait_ppoll(void) {
  sigset_t none;
  sigemptyset(&none);
  return ppoll(&(struct pollfd){.fd = quiet[0], .events = POLLIN}, 1, &length, &none);
}
static int wait_select(void) {
  struct timeval timeout = {.tv_usec = LENGTH_MS * 1000};
  fd_set set;
  FD_ZERO(&set);
  FD_SET(quiet[0], &set);
  return select(quiet[0] + 1, &set, NULL, NULL, &timeout);
}
static int wait_futex(void) {
  static uint32_t word = 5;
  int result = (int)syscall(SYS_futex, &word, FUTEX_WAIT, 5, &length, NULL, 0);
  return result < 0 && errno == ETIMEDOUT ? 0 : -1;
}
static int wait_condition(void) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_nsec += LENGTH_MS * 1000000;
  if (end.tv_nsec >= 1000000000) end.tv_nsec -= 1000000000, end.tv_sec++;
  pthread_mutex_lock(&mutex);
  int result = pthread_cond_timedwait(&condition, &mutex, &end);
  pthread_mutex_unlock(&mutex);
  return result == ETIMEDOUT ? 0 : -1;
}
static int wait_epoll(void) {
  struct epoll_event event;
  return epoll_wait(epoll, &event, 1, LENGTH_MS);
}
static int wait_signal(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  int result = sigtimedwait(&set, NULL, &length);
  return result < 0 && errno == EAGAIN ? 0 : -1;
}
static int wait_receive(void) {
  char byte;
  ssize_t got = recv(sockets[0], &byte, 1, 0);
  return got < 0 && errno == EAGAIN ? 0 : -1;
}
// Ends by what comes: one byte each time.
static int wait_read(void) {
  char byte;
  return read(ticks[0], &byte, 1) == 1 ? 0 : -1;
}

static struct wait {
  const char *name;
  int (*wait)(void);
  volatile int ended, wrong;
} waits[] = {
    {"nanosleep", wait_nanosleep, 0, 0}, {"clock_nanosleep", wait_clock, 0, 0}, {"poll", wait_poll, 0, 0},     {"ppoll", wait_ppoll, 0, 0},
    {"select", wait_select, 0, 0},       {"futex", wait_futex, 0, 0},           {"cond", wait_condition, 0, 0}, {"read", wait_read, 0, 0},
    {"epoll_wait", wait_epoll, 0, 0},    {"sigtimedwait", wait_signal, 0, 0},   {"recv", wait_receive, 0, 0},
};

static void *run(void *context) {
  struct wait *wait = context;
  for (;;) {
    int64_t begin = now_us();
    int result = wait->wait();
    if (result != 0 || (wait->wait != wait_read && now_us() - begin < LENGTH_MS * 1000 - 2000)) wait->wrong++;
    wait->ended++;
  }
  return NULL;
}

static void *tick(void *context) {
  (void)context;
  for (;;) {
    usleep(LENGTH_MS * 1000);
    if (write(ticks[1], ".", 1) != 1) return NULL;
  }
}

int main(void) {
  sigset_t asked;
  sigemptyset(&asked);
  sigaddset(&asked, SIGUSR1);
  sigaddset(&asked, SIGUSR2);
  sigprocmask(SIG_BLOCK, &asked, NULL);
  struct timeval timeout = {.tv_usec = LENGTH_MS * 1000};
  if (pipe(quiet) || pipe(ticks) || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) || (epoll = epoll_create1(0)) < 0) return 1;
  setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  pthread_t thread;
  for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) pthread_create(&thread, NULL, run, &waits[i]);
  pthread_create(&thread, NULL, tick, NULL);
  puts("ready");
  fflush(stdout);
  for (;;) {
    int number = 0;
    sigdelset(&asked, SIGUSR2);
    if (sigwait(&asked, &number) != 0 || number != SIGUSR1) continue;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) printf("%s %d %d\n", waits[i].name, waits[i].ended, waits[i].wrong);
    puts("end");
    fflush(stdout);
  }
}
