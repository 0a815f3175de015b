// Locks and counters that the kernel gives back when a process ends: the end of a copy is not the job's.
#include "uses.h"

#include <pthread.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>

static void *shared(size_t size) {
  void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? NULL : at;
}

// Another process that looks, until the first one has ended its part.
static const char *seen_by_other(const char *(*look)(void)) {
  int ends[2];
  if (pipe(ends)) return "pipe";
  pid_t other = fork();
  if (other == 0) {
    close(ends[1]);
    struct pollfd end = {.fd = ends[0], .events = POLLIN};
    const char *wrong = NULL;
    while (!wrong && poll(&end, 1, 2) == 0) wrong = look();
    if (wrong) dprintf(2, "%s\n", wrong);
    _exit(wrong ? 1 : 0);
  }
  close(ends[0]);
  while (goes_on()) a_moment();
  close(ends[1]);
  int status;
  if (waitpid(other, &status, 0) != other || status != 0) return "another process sees it";
  return NULL;
}

static int locked;
static pid_t holder;

static const char *look_at_record(void) {
  struct flock whole = {.l_type = F_WRLCK};
  if (fcntl(locked, F_GETLK, &whole)) return "F_GETLK";
  return whole.l_type == F_WRLCK && whole.l_pid == holder ? NULL : "the lock is gone";
}

static const char *lock_of_record(void) {
  FILE *file = tmpfile();
  struct flock whole = {.l_type = F_WRLCK};
  locked = fileno(file);
  holder = getpid();
  return fcntl(locked, F_SETLK, &whole) ? "F_SETLK" : seen_by_other(look_at_record);
}

static pthread_mutex_t *mutex;

static const char *look_at_mutex(void) {
  int error = pthread_mutex_trylock(mutex);
  return error == EBUSY ? NULL : error == EOWNERDEAD ? "its owner is dead" : "it is not held";
}

static const char *mutex_of(int protocol) {
  pthread_mutexattr_t kind;
  mutex = shared(sizeof *mutex);
  pthread_mutexattr_init(&kind);
  pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&kind, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_setprotocol(&kind, protocol);
  if (pthread_mutex_init(mutex, &kind) || pthread_mutex_lock(mutex)) return "mutex";
  return seen_by_other(look_at_mutex);
}

static const char *robust(void) {
  return mutex_of(PTHREAD_PRIO_NONE);
}

static const char *inherits_priority(void) {
  return mutex_of(PTHREAD_PRIO_INHERIT);
}

static const char *semaphore(void) {
  int set = semget(IPC_PRIVATE, 1, 0600 | IPC_CREAT);
  struct sembuf up = {.sem_op = 5}, down = {.sem_op = -3, .sem_flg = SEM_UNDO};
  if (set < 0 || semop(set, &up, 1) || semop(set, &down, 1)) return "semop";
  const char *wrong = NULL;
  while (!wrong && goes_on()) {
    a_moment();
    if (semctl(set, 0, GETVAL) != 2) wrong = "undone";
  }
  semctl(set, 0, IPC_RMID);
  return wrong;
}

const struct use uses_of_locks[] = {
    {"record-lock", lock_of_record}, {"robust", robust}, {"pi", inherits_priority}, {"semaphore", semaphore}, {NULL, NULL}};
