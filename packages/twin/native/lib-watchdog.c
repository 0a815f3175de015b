// Version 1 of the freezer: taking hold of a thread that was stopped (SIGSTOP) before it was frozen waits until it is thawed, and only this process's end
// gets it out of there. So this process ends then, and says why.

#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "twin.h"

const char *current_request;

static pthread_t thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct timespec end;
static bool is_watched;

static void *watch(void *context) {
  (void)context;
  pthread_mutex_lock(&lock);
  int late = 0;
  while (is_watched && late == 0) late = pthread_cond_clockwait(&changed, &lock, CLOCK_MONOTONIC, &end);
  if (is_watched) {
    dprintf(STDOUT_FILENO, "%s\terror\tstopped\ta process of the job cannot be held: it was stopped before it was frozen\n", current_request);
    _exit(1);
  }
  pthread_mutex_unlock(&lock);
  return NULL;
}

bool begin_watch(int64_t ms) {
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += ms / 1000;
  is_watched = true;
  return pthread_create(&thread, NULL, watch, NULL) == 0 || (is_watched = false);
}

void end_watch(void) {
  if (!is_watched) return;
  pthread_mutex_lock(&lock);
  is_watched = false;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&lock);
  pthread_join(thread, NULL);
}
