// Four producers and four consumers over one bounded queue, with mutexes, condition variables and a barrier. The result does not
// depend on who runs when.
//
//   threads ROUNDS FILE

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { workers = 4, room = 32, a_round = 2000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, emptied = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t round_end;
static uint64_t queue[room], sum;
static unsigned head, used;
static long rounds;

static uint64_t mix(uint64_t value) {
  for (int i = 0; i < 400; i++) {
    value ^= value >> 33;
    value *= 0xff51afd7ed558ccdULL;
    value ^= value >> 29;
  }
  return value;
}

static void *produce(void *number) {
  for (long round = 0; round < rounds; round++) {
    for (uint64_t i = 0; i < a_round; i++) {
      uint64_t value = mix((uint64_t)round * 1000003 + i * workers + (uintptr_t)number);
      pthread_mutex_lock(&lock);
      while (used == room) pthread_cond_wait(&emptied, &lock);
      queue[(head + used++) % room] = value;
      pthread_cond_signal(&filled);
      pthread_mutex_unlock(&lock);
    }
    pthread_barrier_wait(&round_end);
    pthread_barrier_wait(&round_end);
  }
  return NULL;
}

static void *consume(void *unused) {
  (void)unused;
  for (long round = 0; round < rounds; round++) {
    for (int i = 0; i < a_round; i++) {
      pthread_mutex_lock(&lock);
      while (used == 0) pthread_cond_wait(&filled, &lock);
      uint64_t value = queue[head];
      head = (head + 1) % room;
      used--;
      // Addition: the order in which values come does not matter.
      sum += mix(value);
      pthread_cond_signal(&emptied);
      pthread_mutex_unlock(&lock);
    }
    pthread_barrier_wait(&round_end);
    pthread_barrier_wait(&round_end);
  }
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  rounds = strtol(argv[1], NULL, 10);
  FILE *file = fopen(argv[2], "w");
  if (!file) return 2;
  pthread_barrier_init(&round_end, NULL, 2 * workers + 1);
  pthread_t threads[2 * workers];
  for (uintptr_t i = 0; i < workers; i++) {
    pthread_create(&threads[i], NULL, produce, (void *)i);
    pthread_create(&threads[workers + i], NULL, consume, NULL);
  }
  for (long round = 0; round < rounds; round++) {
    pthread_barrier_wait(&round_end);
    fprintf(file, "%ld %016llx\n", round, (unsigned long long)sum);
    pthread_barrier_wait(&round_end);
  }
  for (int i = 0; i < 2 * workers; i++) pthread_join(threads[i], NULL);
  return fclose(file) == 0 ? 0 : 1;
}
