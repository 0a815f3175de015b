// Memory of every kind holds what was written, whoever has a copy of it.
#include "uses.h"

#include <sys/ipc.h>
#include <sys/shm.h>

#define SIZE (4 << 20)

// Each round writes to some pages and finds what the rounds before wrote.
static const char *kept(unsigned char *at, size_t size) {
  if (at == MAP_FAILED || !at) return "no memory";
  uint64_t rounds[64] = {0};
  for (uint64_t round = 1; goes_on(); round++) {
    size_t slot = round * 7 % 64;
    uint64_t *word = (uint64_t *)(at + slot * (size / 64));
    if (*word != rounds[slot]) return "changed";
    *word = rounds[slot] = round * 0x9e3779b97f4a7c15u;
    a_moment();
  }
  for (size_t slot = 0; slot < 64; slot++) {
    if (*(uint64_t *)(at + slot * (size / 64)) != rounds[slot]) return "changed at the end";
  }
  return NULL;
}

static unsigned char *anonymous(size_t size, int flags) {
  return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | flags, -1, 0);
}

static const char *huge(void) {
  unsigned char *at = anonymous(SIZE * 2, MAP_PRIVATE);
  at = (unsigned char *)(((uintptr_t)at + SIZE - 1) & ~(uintptr_t)(SIZE - 1));
  if (madvise(at, SIZE, MADV_HUGEPAGE) && errno != EINVAL) return "madvise";
  return kept(at, SIZE);
}

// Where the machine has such pages.
static const char *huge_pool(void) {
  unsigned char *at = anonymous(SIZE, MAP_PRIVATE | MAP_HUGETLB);
  return at == MAP_FAILED ? NULL : kept(at, SIZE);
}

static const char *locked(void) {
  unsigned char *at = anonymous(SIZE, MAP_PRIVATE);
  return mlock(at, SIZE) ? "mlock" : kept(at, SIZE);
}

static const char *shared(void) {
  return kept(anonymous(SIZE, MAP_SHARED), SIZE);
}

static const char *memory_file(int flags) {
  int fd = memfd_create("uses", 0);
  if (ftruncate(fd, SIZE)) return "ftruncate";
  return kept(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags, fd, 0), SIZE);
}

static const char *memfd_shared(void) {
  return memory_file(MAP_SHARED);
}

static const char *memfd_private(void) {
  return memory_file(MAP_PRIVATE);
}

static const char *segment(void) {
  int id = shmget(IPC_PRIVATE, SIZE, 0600 | IPC_CREAT);
  unsigned char *at = shmat(id, NULL, 0);
  const char *wrong = kept(at, SIZE);
  shmctl(id, IPC_RMID, NULL);
  return wrong;
}

static const char *unlinked(void) {
  FILE *file = tmpfile();
  if (ftruncate(fileno(file), SIZE)) return "ftruncate";
  return kept(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0), SIZE);
}

static const char *unforked(void) {
  unsigned char *at = anonymous(SIZE, MAP_PRIVATE);
  return madvise(at, SIZE, MADV_DONTFORK) ? "madvise" : kept(at, SIZE);
}

static const char *wiped(void) {
  unsigned char *at = anonymous(SIZE, MAP_PRIVATE);
  return madvise(at, SIZE, MADV_WIPEONFORK) ? "madvise" : kept(at, SIZE);
}

const struct use uses_of_memory[] = {{"thp", huge},
                                     {"hugetlb", huge_pool},
                                     {"mlock", locked},
                                     {"shared", shared},
                                     {"memfd", memfd_shared},
                                     {"memfd-private", memfd_private},
                                     {"sysv-shm", segment},
                                     {"unlinked", unlinked},
                                     {"dontfork", unforked},
                                     {"wipeonfork", wiped},
                                     {NULL, NULL}};
