// A program that would notice. Threads compute in registers, ask the kernel, pass bytes through a pipe; the first one forks children, waits for them and counts them, all
// the time. What is not as it must be is printed, and on SIGUSR1 "fine ROUNDS" or "wrong". With "wall" a child that is none of its own
// would be seen even if it tells nobody of its end. With "ignore" its children are reaped by the kernel. A number is how many more threads only sleep.
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile bool is_wrong;
static volatile sig_atomic_t asked, told;
static volatile unsigned long rounds[4];

static void wrong(const char *what, long value) {
  is_wrong = true;
  fprintf(stderr, "wrong: %s %ld (%s)\n", what, value, strerror(errno));
}

static void *compute(void *context) {
  uint64_t expected = 0;
  double expected_sum = 0;
  (void)context;
  for (;; rounds[0]++) {
    uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
    double x = 1, y = 2, z = 3;
    for (int i = 0; i < 20000; i++) {
      a = a * 6364136223846793005u + b; b ^= c >> 3; c += d * 3; d = (d << 7) | (d >> 57);
      e += a ^ f; f = f * 31 + g; g ^= h << 2; h += e + i;
      x = x * 1.0001 + y; y = z - x * 0.5; z = y * 0.25 + i;
    }
    uint64_t hash = a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
    if (expected && (hash != expected || x + y + z != expected_sum)) wrong("registers", (long)rounds[0]);
    expected = hash;
    expected_sum = x + y + z;
  }
  return NULL;
}

static void *ask(void *context) {
  pid_t self = getpid();
  (void)context;
  for (;; rounds[1]++) {
    errno = 0;
    if (syscall(SYS_getpid) != self) wrong("getpid", 0);
    if (syscall(SYS_close, -1) != -1 || errno != EBADF) wrong("close", errno);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    if (sigismember(&mask, SIGTERM) || !sigismember(&mask, SIGTRAP) || !sigismember(&mask, SIGUSR1)) wrong("mask", 0);
    struct timespec brief = {.tv_nsec = 100000};
    if (nanosleep(&brief, NULL) != 0) wrong("nanosleep", errno);
  }
  return NULL;
}

static void *idle(void *context) {
  for (;;) usleep(20000 + (useconds_t)(uintptr_t)context * 100);
}

static int ends[2];

static void *send(void *context) {
  (void)context;
  for (uint32_t number = 0;; number++) {
    if (write(ends[1], &number, sizeof number) != sizeof number) wrong("write", number);
  }
  return NULL;
}

static void *receive(void *context) {
  (void)context;
  for (uint32_t number = 0, got;; number++, rounds[2]++) {
    if (read(ends[0], &got, sizeof got) != sizeof got || got != number) wrong("read", number);
  }
  return NULL;
}

static void note_child(int number) {
  (void)number;
  told = 1;
}

static void note(int number) {
  (void)number;
  asked = 1;
}

static void one_child(bool ignored, bool wall) {
  pid_t child = fork();
  if (child < 0) return wrong("fork", errno);
  if (child == 0) _exit(7);
  int status = 0;
  pid_t ended = wall ? wait4(-1, &status, __WALL, NULL) : waitpid(-1, &status, 0);
  if (ignored ? ended != -1 || errno != ECHILD : ended != child || WEXITSTATUS(status) != 7) wrong("wait", ended);
  if (wall && (wait4(-1, &status, __WALL | WNOHANG, NULL) != -1 || errno != ECHILD)) wrong("another child", status);
  if (!ignored && !told) wrong("SIGCHLD", 0);
  told = 0;
  // Nobody but those children tells of an end.
  if (!ignored && wait4(-1, &status, WNOHANG, NULL) != -1) wrong("a child", status);
  if (told) wrong("SIGCHLD of nobody", 0);
  rounds[3]++;
}

int main(int argc, char **argv) {
  bool ignored = argc > 1 && strcmp(argv[1], "ignore") == 0, wall = argc > 1 && strcmp(argv[1], "wall") == 0;
  int more = argc > 2 ? atoi(argv[2]) : 0;
  struct sigaction children = {.sa_handler = note_child, .sa_flags = SA_RESTART | (ignored ? SA_NOCLDWAIT : 0)};
  sigaction(SIGCHLD, &children, NULL);
  struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
  sigaction(SIGUSR1, &action, NULL);
  if (pipe(ends) != 0) return 1;
  // A job may block what a debugger uses.
  sigset_t mask, before;
  sigemptyset(&mask);
  sigaddset(&mask, SIGTRAP);
  sigaddset(&mask, SIGUSR1);
  sigaddset(&mask, SIGCHLD);
  sigprocmask(SIG_BLOCK, &mask, &before);
  pthread_t thread;
  void *(*threads[])(void *) = {compute, ask, send, receive};
  for (int i = 0; i < 4; i++) pthread_create(&thread, NULL, threads[i], NULL);
  for (int i = 0; i < more; i++) pthread_create(&thread, NULL, idle, (void *)(uintptr_t)i);
  sigprocmask(SIG_SETMASK, &before, NULL);
  printf("ready\n");
  fflush(stdout);
  for (;;) {
    one_child(ignored, wall);
    if (!asked) continue;
    asked = 0;
    printf("%s %lu %lu %lu %lu\n", is_wrong ? "wrong" : "fine", rounds[0], rounds[1], rounds[2], rounds[3]);
    fflush(stdout);
  }
}
